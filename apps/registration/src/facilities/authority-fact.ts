import type { AuthorityFact } from '@anamnesis/core';
import type { Authority } from '@anamnesis/store';

export function authorityFact({
  system,
  scope,
  issuer,
}: Pick<Authority, 'system' | 'scope' | 'issuer'>): AuthorityFact {
  return { kind: 'authority', system, scope, ...(issuer !== null && { issuer }) };
}
