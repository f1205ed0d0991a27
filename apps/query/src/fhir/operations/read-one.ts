import type { HistoryReader } from '../../history/history-reader.js';
import type { MergedVersion, StoredVersion } from '../../history/history-types.js';
import { mayBeReadAs } from '../../project/read-as.js';
import { FhirFailure, notFound } from '../fhir-failure.js';
import type { FhirResource } from '../fhir-json.js';
import { renderMerged } from '../render/merged-patient.js';
import { renderStored } from '../render/stored-resource.js';
import { servedTypes } from '../served-types.js';
import { referenceOf, type Served } from './bundle.js';

/** A served resource that caches may hold: `etag` is absent where the content changes without a version. */
export interface ServedOne extends Served {
  readonly etag?: string;
  /** ISO 8601 UTC. */
  readonly lastModified: string;
  /** Something in it does not agree with the archive. */
  readonly hasMismatch?: boolean;
}

const idPattern = /^[A-Za-z0-9.-]{1,64}$/;

export interface Target {
  readonly type: string;
  readonly id: string;
}

/** Ids from a path: what cannot be one is as unknown as one that is not there. Throws 404. */
export function checkTarget({ type, id }: Target): void {
  if (!servedTypes.has(type)) throw new FhirFailure(404, 'not-supported', 'no such resource type');
  if (!idPattern.test(id)) throw notFound();
}

/**
 * read and vread. Any id of a person, also a retired one or a record's own, reads the merged view; that of a retired visit or
 * account reads what it is read as, and has its own versions.
 */
export async function readOne(reader: HistoryReader, target: Target, version?: string): Promise<ServedOne> {
  checkTarget(target);
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) throw notFound();
  const versionId = version === undefined ? undefined : Number(version);
  if (target.type === 'Patient') return servedMerged(await mergedVersion(reader, target.id, versionId));
  const id = version === undefined && mayBeReadAs(target.type) ? await finalOf(reader, target.id) : target.id;
  const found = await reader.readResource(target.type, id, versionId);
  if (found === undefined) throw notFound();
  return servedStored(reader, found);
}

async function finalOf(reader: HistoryReader, id: string): Promise<string> {
  return (await reader.aliasesOf([id])).finalOf(id);
}

/** The person that an id stands for now, or an earlier version, which a retired id has of its own. */
async function mergedVersion(reader: HistoryReader, id: string, version?: number): Promise<MergedVersion> {
  const resolved = await reader.resolvePatient(id);
  if (resolved === undefined) throw notFound();
  const own = version === undefined || id === resolved.personId ? undefined : await reader.readMerged(id, version);
  const found = own ?? (await reader.readMerged(resolved.personId, version));
  if (found === undefined) throw notFound();
  return found;
}

function servedMerged(version: MergedVersion): ServedOne {
  const { resource } = renderMerged(version);
  const isIntact = version.parts.every(({ source }) => source === undefined || source.integrity === 'intact');
  return served(resource, { lastUpdated: version.lastUpdated, persons: [version.personId], isIntact });
}

async function servedStored(reader: HistoryReader, version: StoredVersion): Promise<ServedOne> {
  if (version.integrity === 'erased') throw new FhirFailure(410, 'deleted', 'the content was erased');
  const [rendered] = await renderStored(reader, [version]);
  if (rendered === undefined)
    throw new FhirFailure(500, 'processing', 'the stored value does not agree with the archive and cannot be shown');
  const persons = await reader.personsOf([version.recordKey]);
  return served(rendered.resource, {
    lastUpdated: version.lastUpdated,
    persons: [...persons.values()],
    isIntact: version.integrity === 'intact',
  });
}

function served(
  resource: FhirResource,
  { lastUpdated, persons, isIntact }: { lastUpdated: string; persons: readonly string[]; isIntact: boolean },
): ServedOne {
  const etag = etagOf(resource);
  return {
    resource,
    persons,
    resources: [referenceOf(resource)],
    lastModified: lastUpdated,
    hasMismatch: !isIntact,
    ...(isIntact && etag !== undefined && { etag }),
  };
}

/** `W/"<versionId>"`. */
export function etagOf({ meta }: FhirResource): string | undefined {
  const version = typeof meta === 'object' && meta !== null && 'versionId' in meta ? meta.versionId : undefined;
  return typeof version === 'string' ? `W/"${version}"` : undefined;
}
