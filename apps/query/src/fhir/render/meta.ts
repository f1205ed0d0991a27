import type { Integrity, MappedAgain, StoredVersion } from '../../history/history-types.js';
import { type FhirResource, type JsonObject, isObject, objectsOf } from '../fhir-json.js';

/** System of the tags that this service sets. */
export const tagSystem = 'urn:anamnesis:tag';

/** System of the tag of versions that were made by mapping again; its code is `<mapping version>.<table version>`. */
const remapSystem = 'urn:anamnesis:remap';

export type Tag = 'merged' | 'source' | 'stale' | 'integrity-mismatch';

export interface MetaFields {
  readonly versionId: number;
  readonly lastUpdated: string;
  readonly eventId?: string | undefined;
  readonly tags: readonly Tag[];
  /** Of a version that was made by mapping an event again. */
  readonly remapped?: MappedAgain | undefined;
}

export function eventUrn(eventId: string): string {
  return `urn:anamnesis:event:${eventId}`;
}

/** The resource with its `meta` filled; labels and tags that the mapping set stay. */
export function withMeta(
  resource: FhirResource,
  { versionId, lastUpdated, eventId, tags, remapped }: MetaFields,
): FhirResource {
  const { resourceType, id, meta, ...elements } = resource;
  const held: JsonObject = isObject(meta) ? meta : {};
  const own = [...tags.map((code) => ({ system: tagSystem, code })), ...(remapped ? [remapTag(remapped)] : [])];
  const tag = [...objectsOf(held['tag']), ...own];
  return {
    resourceType,
    ...(id !== undefined && { id }),
    meta: {
      ...held,
      versionId: String(versionId),
      lastUpdated,
      ...(eventId !== undefined && { source: eventUrn(eventId) }),
      ...(tag.length > 0 && { tag }),
    },
    ...elements,
  };
}

export function tagsOf({ isStale, integrity }: Pick<StoredVersion, 'isStale' | 'integrity'>): readonly Tag[] {
  return [...(isStale ? (['stale'] as const) : []), ...integrityTags([integrity])];
}

export function integrityTags(all: readonly Integrity[]): readonly Tag[] {
  return all.includes('mismatch') ? ['integrity-mismatch'] : [];
}

/** What made the version: the same message by another code table, or by a later version of the mapping. */
function remapTag({ mappingVersion, tableVersion }: MappedAgain): JsonObject {
  const display = `mapped again: ${mappedBy({ mappingVersion, tableVersion })}`;
  return { system: remapSystem, code: `${mappingVersion}.${tableVersion}`, display };
}

export function mappedBy({ mappingVersion, tableVersion }: MappedAgain): string {
  return `version ${mappingVersion}${tableVersion > 0 ? `, code table ${tableVersion}` : ''}`;
}
