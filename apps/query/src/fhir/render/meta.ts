import type { Integrity, StoredVersion } from '../../history/history-types.js';
import { type FhirResource, type JsonObject, isObject, objectsOf } from '../fhir-json.js';

/** System of the tags that this service sets. */
export const tagSystem = 'urn:anamnesis:tag';

export type Tag = 'merged' | 'source' | 'stale' | 'integrity-mismatch';

export interface MetaFields {
  readonly versionId: number;
  readonly lastUpdated: string;
  readonly eventId?: string | undefined;
  readonly tags: readonly Tag[];
}

export function eventUrn(eventId: string): string {
  return `urn:anamnesis:event:${eventId}`;
}

/** The resource with its `meta` filled; labels and tags that the mapping set stay. */
export function withMeta(resource: FhirResource, { versionId, lastUpdated, eventId, tags }: MetaFields): FhirResource {
  const { resourceType, id, meta, ...elements } = resource;
  const held: JsonObject = isObject(meta) ? meta : {};
  const tag = [...objectsOf(held['tag']), ...tags.map((code) => ({ system: tagSystem, code }))];
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
