import type { CertificateFact } from '@anamnesis/core';
import type { Certificate } from '@anamnesis/store';

/** The fact of a source's certificate. Throws on one that belongs to no source: those are not announced. */
export function factOf({ serial, sourceId, notBefore, notAfter, revokedAt }: Certificate): CertificateFact {
  if (sourceId === null) throw new TypeError('a certificate of registration itself');
  return { kind: 'certificate', serial, sourceId, notBefore, notAfter, ...(revokedAt !== null && { revokedAt }) };
}
