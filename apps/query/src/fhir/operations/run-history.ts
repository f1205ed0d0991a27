import type { HistoryReader } from '../../history/history-reader.js';
import { notFound } from '../fhir-failure.js';
import type { FhirResource, JsonObject } from '../fhir-json.js';
import { renderMerged } from '../render/merged-patient.js';
import { renderStored } from '../render/stored-resource.js';
import type { Cursors } from '../search/cursor.js';
import type { Parameter } from '../search/search-request.js';
import { referenceOf, type Served, type Surroundings, urlOf } from './bundle.js';
import { checkTarget, etagOf, type Target } from './read-one.js';

export interface HistoryContext extends Surroundings {
  readonly reader: HistoryReader;
  readonly cursors: Cursors;
}

export interface HistoryPage {
  readonly count: number;
  readonly cursor?: string | undefined;
  /** Versions made before this instant (ISO 8601 UTC, three decimals) are left out, and nothing is counted; empty: none. */
  readonly since: string;
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
  const of = `history ${target.type}/${target.id} ${page.since}`;
  const continued = page.cursor === undefined ? undefined : context.cursors.read(page.cursor, of);
  const before = continued === undefined ? undefined : Number(continued.position[0]);
  const found = await versionsOf(context.reader, target, {
    count: page.count,
    ...(before !== undefined && { before }),
  });
  if (found === undefined) throw notFound();
  const shown = found.resources.filter((resource) => isSince(resource, page.since));
  // Versions are made in the order of time: below one that is too old all are.
  const hasMore = found.lowest > 1 && shown.length === found.resources.length;
  const total = continued?.total ?? found.highest;
  const position = [found.lowest, target.type, target.id] as const;
  const next = hasMore ? context.cursors.write({ of, parameters: [], position, total }) : undefined;
  return {
    resource: {
      resourceType: 'Bundle',
      type: 'history',
      ...(page.since === '' && { total }),
      link: linksOf(context.origin, { target, page, next }),
      entry: shown.map((resource) => entryOf(context.origin, resource)),
    },
    persons: found.persons,
    resources: [...new Set(shown.map(referenceOf))],
  };
}

function linksOf(
  origin: string,
  { target, page, next }: { target: Target; page: HistoryPage; next: string | undefined },
): readonly JsonObject[] {
  const path = `${target.type}/${target.id}/_history`;
  const asked: readonly Parameter[] = page.since === '' ? [] : [['_since', page.since]];
  const self = { relation: 'self', url: urlOf(origin, path, asked) };
  if (next === undefined) return [self];
  const parameters: readonly Parameter[] = [...asked, ['_cursor', next], ['_count', `${page.count}`]];
  return [self, { relation: 'next', url: urlOf(origin, path, parameters) }];
}

function isSince(resource: FhirResource, since: string): boolean {
  return (lastUpdatedOf(resource) ?? since) >= since;
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
  const lastModified = lastUpdatedOf(resource);
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

function lastUpdatedOf({ meta }: FhirResource): string | undefined {
  const lastUpdated = typeof meta === 'object' && meta !== null && 'lastUpdated' in meta ? meta.lastUpdated : undefined;
  return typeof lastUpdated === 'string' ? lastUpdated : undefined;
}
