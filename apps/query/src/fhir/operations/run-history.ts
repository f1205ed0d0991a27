import type { HistoryReader } from '../../history/history-reader.js';
import { notFound } from '../fhir-failure.js';
import type { FhirResource, JsonObject } from '../fhir-json.js';
import { renderMerged } from '../render/merged-patient.js';
import { renderStored } from '../render/stored-resource.js';
import type { Cursors } from '../search/cursor.js';
import { referenceOf, type Served, type Surroundings, urlOf } from './bundle.js';
import { checkTarget, etagOf, type Target } from './read-one.js';

export interface HistoryContext extends Surroundings {
  readonly reader: HistoryReader;
  readonly cursors: Cursors;
}

export interface HistoryPage {
  readonly count: number;
  readonly cursor?: string | undefined;
}

interface Versions {
  readonly resources: readonly FhirResource[];
  readonly persons: readonly string[];
  /** Lowest version read, rendered or not. */
  readonly lowest: number;
  readonly highest: number;
}

/** Instance history, newest first; versions are only ever added above, so pages below stay as they are. */
export async function runHistory(context: HistoryContext, target: Target, page: HistoryPage): Promise<Served> {
  checkTarget(target);
  const of = `history ${target.type}/${target.id}`;
  const continued = page.cursor === undefined ? undefined : context.cursors.read(page.cursor, of);
  const before = continued === undefined ? undefined : Number(continued.position[0]);
  const range = { count: page.count, ...(before !== undefined && { before }) };
  const found = await versionsOf(context.reader, target, range);
  if (found === undefined) throw notFound();
  const total = continued?.total ?? found.highest;
  const path = `${target.type}/${target.id}/_history`;
  const cursor =
    found.lowest > 1
      ? context.cursors.write({ of, parameters: [], position: [found.lowest, target.type, target.id], total })
      : undefined;
  const next =
    cursor === undefined
      ? []
      : [
          {
            relation: 'next',
            url: urlOf(context.origin, path, [
              ['_cursor', cursor],
              ['_count', String(page.count)],
            ]),
          },
        ];
  return {
    resource: {
      resourceType: 'Bundle',
      type: 'history',
      total,
      link: [{ relation: 'self', url: urlOf(context.origin, path, []) }, ...next],
      entry: found.resources.map((resource) => entryOf(context.origin, resource)),
    },
    persons: found.persons,
    resources: [...new Set(found.resources.map(referenceOf))],
  };
}

type Range = Parameters<HistoryReader['mergedHistory']>[1];

async function versionsOf(reader: HistoryReader, target: Target, range: Range): Promise<Versions | undefined> {
  return target.type === 'Patient' ? mergedVersions(reader, target.id, range) : storedVersions(reader, target, range);
}

async function mergedVersions(reader: HistoryReader, id: string, range: Range): Promise<Versions | undefined> {
  let versions = await reader.mergedHistory(id, range);
  if (versions.length === 0) {
    const personId = (await reader.resolvePatient(id))?.personId;
    if (personId !== undefined) versions = await reader.mergedHistory(personId, range);
  }
  const [newest] = versions;
  if (newest === undefined) return undefined;
  return {
    resources: versions.map((version) => renderMerged(version).resource),
    persons: [newest.personId],
    lowest: versions.at(-1)?.version ?? 1,
    highest: newest.version,
  };
}

async function storedVersions(reader: HistoryReader, target: Target, range: Range): Promise<Versions | undefined> {
  const versions = await reader.resourceHistory(target, range);
  const [newest] = versions;
  if (newest === undefined) return undefined;
  const persons = await reader.personsOf(versions.map(({ recordKey }) => recordKey));
  return {
    resources: (await renderStored(reader, versions)).map(({ resource }) => resource),
    persons: [...new Set(persons.values())],
    lowest: versions.at(-1)?.versionId ?? 1,
    highest: newest.versionId,
  };
}

export function entryOf(origin: string, resource: FhirResource): JsonObject {
  const { meta } = resource;
  const lastModified =
    typeof meta === 'object' && meta !== null && 'lastUpdated' in meta ? meta.lastUpdated : undefined;
  const etag = etagOf(resource);
  const isFirst = etag === 'W/"1"';
  return {
    fullUrl: `${origin}/fhir/${referenceOf(resource)}`,
    resource,
    request: { method: isFirst ? 'POST' : 'PUT', url: isFirst ? resource.resourceType : referenceOf(resource) },
    response: {
      status: isFirst ? '201' : '200',
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
    },
  };
}
