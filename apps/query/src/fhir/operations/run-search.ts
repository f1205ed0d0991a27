import type { HistoryReader } from '../../history/history-reader.js';
import type {
  Found,
  MergedVersion,
  Page,
  ResolvedPerson,
  SearchCriteria,
  StoredVersion,
} from '../../history/history-types.js';
import type { Issue } from '../edge/operation-outcome.js';
import type { FhirResource } from '../fhir-json.js';
import { renderMerged } from '../render/merged-patient.js';
import { renderStored } from '../render/stored-resource.js';
import type { Continuation, Cursors } from '../search/cursor.js';
import { parseSearch } from '../search/parse-search.js';
import { throughAliases } from '../search/through-aliases.js';
import type { SearchRequest } from '../search/search-request.js';
import { sharedTypes } from '../served-types.js';
import { referenceOf, searchset, type Served, type Surroundings, urlOf } from './bundle.js';
import { missingFor, type Sources } from './completeness.js';
import { followIncludes } from './follow-includes.js';
import { eventsOf, eventsOfMerged, readProvenance } from './read-provenance.js';
import { personsAsked, recordKeysOf, referencedBy } from './select-records.js';

export interface SearchContext extends Sources, Surroundings {
  readonly cursors: Cursors;
}

/** Matches of one page, rendered, with what belongs to them. */
interface Rendered {
  readonly resources: readonly FhirResource[];
  readonly events: readonly string[];
  readonly persons: readonly string[];
  readonly issues: readonly Issue[];
  readonly next?: Continuation['position'] | undefined;
}

/** Answers a search of a stored type, or the page of it that its `_cursor` names. */
export async function runSearch(context: SearchContext, asked: SearchRequest): Promise<Served> {
  const { reader } = context;
  const continued = asked.cursor === undefined ? undefined : context.cursors.read(asked.cursor, `search ${asked.type}`);
  const request = continued === undefined ? asked : parseSearch(asked.type, continued.parameters, false);
  const persons = await personsAsked(reader, request.patients);
  const criteria = await criteriaOf(reader, request, persons);
  const total =
    continued?.total ?? (request.hasTotal || request.isCountOnly ? await count(reader, request, criteria) : undefined);
  const page: Page = {
    count: request.count,
    order: request.order,
    ...(continued !== undefined && { after: continued.position }),
  };
  const found = request.isCountOnly ? nothing : await findPage(reader, request, { criteria, page });
  const included = await followIncludes(reader, found.resources, request.includes);
  const provenance = request.hasProvenance ? await readProvenance(reader, found.events, context.origin) : [];
  const involved = await involvedPersons(reader, persons, found.persons);
  const content = {
    matches: found.resources,
    includes: [...included, ...provenance.map(({ resource }) => resource)],
    issues: [...request.issues, ...found.issues, ...(await missingFor(context, involved))],
    total,
    self: urlOf(context.origin, request.type, asked.honoured),
    next: nextOf(context, request, { position: found.next, total }),
  };
  return {
    resource: searchset(content, context),
    persons: [...new Set([...found.persons, ...personsIn(included), ...provenance.flatMap((one) => one.persons)])],
    resources: [...content.matches, ...content.includes].map(referenceOf),
  };
}

const nothing: Rendered = { resources: [], events: [], persons: [], issues: [] };

function isMerged({ type, isSource }: SearchRequest): boolean {
  return type === 'Patient' && !isSource;
}

async function criteriaOf(
  reader: HistoryReader,
  request: SearchRequest,
  persons: readonly ResolvedPerson[] | undefined,
): Promise<SearchCriteria> {
  const criteria = await throughAliases(reader, request.type, request.criteria);
  if (isMerged(request) && criteria.ids !== undefined) {
    const resolved = await personsAsked(reader, [{ ids: criteria.ids, identifiers: [] }]);
    return { ...criteria, ids: (resolved ?? []).map(({ personId }) => personId) };
  }
  if (persons === undefined) return criteria;
  const recordKeys = recordKeysOf(persons);
  if (!sharedTypes.includes(request.type)) return { ...criteria, recordKeys };
  const named = (await referencedBy(reader, recordKeys, [request.type])).map(
    (reference) => reference.split('/')[1] ?? '',
  );
  const { ids } = criteria;
  return { ...criteria, ids: ids === undefined ? named : named.filter((id) => ids.includes(id)) };
}

function count(reader: HistoryReader, request: SearchRequest, criteria: SearchCriteria): Promise<number> {
  return isMerged(request) ? reader.countPersons(criteria) : reader.count([request.type], criteria);
}

async function findPage(
  reader: HistoryReader,
  request: SearchRequest,
  { criteria, page }: { criteria: SearchCriteria; page: Page },
): Promise<Rendered> {
  if (isMerged(request)) return renderPersons(await reader.searchPersons(criteria, page));
  return renderFound(reader, await reader.search([request.type], criteria, page));
}

export function renderPersons({ matches, next }: Found<MergedVersion>): Rendered {
  const rendered = matches.map((view) => ({ view, patient: renderMerged(view) }));
  const parts = matches.flatMap((view) => view.parts.flatMap(({ source }) => (source === undefined ? [] : [source])));
  return {
    resources: rendered.map(({ patient }) => patient.resource),
    events: rendered.flatMap(({ view, patient }) => eventsOfMerged(view, patient)),
    persons: matches.map(({ personId }) => personId),
    issues: integrityIssues(parts),
    next,
  };
}

export async function renderFound(reader: HistoryReader, { matches, next }: Found<StoredVersion>): Promise<Rendered> {
  const rendered = await renderStored(reader, matches);
  const persons = await reader.personsOf(matches.map(({ recordKey }) => recordKey));
  return {
    resources: rendered.map(({ resource }) => resource),
    events: rendered.flatMap(({ version }) => eventsOf(version)),
    persons: [...new Set(persons.values())],
    issues: integrityIssues(matches),
    next,
  };
}

/** What is shown although it disagrees with the archive, and what cannot be shown at all. */
function integrityIssues(versions: readonly StoredVersion[]): readonly Issue[] {
  return versions.flatMap(({ resourceType, id, integrity, state }): readonly Issue[] => {
    if (integrity === 'intact') return [];
    const why = integrity === 'erased' ? 'was erased' : 'does not agree with the archive';
    const text = `${resourceType}/${id} ${why}${state === undefined ? ' and is left out' : ''}`;
    return [{ severity: 'warning', code: integrity === 'erased' ? 'deleted' : 'processing', text }];
  });
}

async function involvedPersons(
  reader: HistoryReader,
  asked: readonly ResolvedPerson[] | undefined,
  found: readonly string[],
): Promise<readonly ResolvedPerson[]> {
  if (asked !== undefined) return asked;
  return (await personsAsked(reader, [{ ids: found.slice(0, 21), identifiers: [] }])) ?? [];
}

function personsIn(resources: readonly FhirResource[]): readonly string[] {
  return resources.flatMap(({ resourceType, id }) => (resourceType === 'Patient' && id !== undefined ? [id] : []));
}

function nextOf(
  { cursors, origin }: SearchContext,
  { type, honoured }: SearchRequest,
  { position, total }: { position: Continuation['position'] | undefined; total: number | undefined },
): string | undefined {
  if (position === undefined) return undefined;
  const parameters = honoured.filter(([name]) => name !== '_cursor');
  const cursor = cursors.write({ of: `search ${type}`, parameters, position, ...(total !== undefined && { total }) });
  return urlOf(origin, type, [['_cursor', cursor]]);
}
