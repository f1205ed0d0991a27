import type { AuthorityFact, SourceFact } from '@anamnesis/core';
import type { Authority } from '../v2/mapping-context.js';

/** What is known of authorities; undefined for one that nobody declared. */
export interface Authorities {
  authority(system: string): AuthorityFact | undefined;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const oid = /^[0-2](\.(0|[1-9]\d*))+$/;

/**
 * `identifier.system` of an authority as this source sent it: its universal id when it has one, else the URI configured
 * for the source's namespace, else the namespace as a URN of ours; a missing one is the source's default, else scoped to
 * the sending facility (hl7v2.md I1), so that two hospitals' bare numbers never meet.
 */
export function systemOf(source: SourceFact, authority: Authority): string {
  const universal = universalSystem(authority);
  if (universal !== undefined) return universal;
  const namespace = authority.namespaceId || authority.universalId;
  if (namespace === '') return source.authorityDefault ?? facilitySystem(source.facility);
  const configured = Object.hasOwn(source.authorityByNamespace, namespace)
    ? source.authorityByNamespace[namespace]
    : undefined;
  return configured ?? `urn:anamnesis:authority:${encodeURIComponent(namespace)}`;
}

/** Is it an authority that this source's facility issues, or the one its bare numbers belong to? */
export function isOwnAuthority(authorities: Authorities, source: SourceFact, system: string): boolean {
  if (system === (source.authorityDefault ?? facilitySystem(source.facility))) return true;
  return authorities.authority(system)?.issuer === source.facility;
}

function universalSystem({ universalId, universalIdType }: Authority): string | undefined {
  switch (universalIdType.toUpperCase()) {
    case 'ISO':
      return oid.test(universalId) ? `urn:oid:${universalId}` : undefined;
    case 'UUID':
    case 'GUID':
      return uuid.test(universalId) ? `urn:uuid:${universalId.toLowerCase()}` : undefined;
    case 'URI':
    case 'URL':
      return URL.canParse(universalId) ? universalId : undefined;
    default:
      return undefined;
  }
}

function facilitySystem(facility: string): string {
  return `urn:anamnesis:facility:${encodeURIComponent(facility)}`;
}
