import type { DateBounds, PagePosition, ResolvedPerson } from '../../history/history-types.js';
import type { Issue } from '../edge/operation-outcome.js';
import { invalidParameter, notFound } from '../fhir-failure.js';
import type { FhirResource } from '../fhir-json.js';
import { clinicalDate } from '../render/clinical-date.js';
import { countOf } from '../search/parse-plain.js';
import { limitLengths } from '../search/parse-search.js';
import { prefixedDate } from '../search/prefixed-date.js';
import { type Parameter } from '../search/search-request.js';
import { chartTypes, sharedTypes } from '../served-types.js';
import { FhirFailure } from '../fhir-failure.js';
import { referenceOf, searchset, type Served, urlOf } from './bundle.js';
import { missingFor } from './completeness.js';
import { pageEvents } from './page-events.js';
import { readProvenance } from './read-provenance.js';
import { renderFound, renderPersons, type SearchContext } from './run-search.js';
import { recordKeysOf, referencedBy } from './select-records.js';

const countPerPage = 100;
const everyType: readonly string[] = ['Patient', ...chartTypes, ...sharedTypes, 'Provenance'];

/** Parts of the answer, in this order; a page goes on to the next part when one ends. */
const parts = ['person', 'chart', 'shared', 'provenance'] as const;
type Part = (typeof parts)[number];

interface Asked {
  readonly types: readonly string[];
  readonly start?: DateBounds;
  readonly end?: DateBounds;
  readonly since?: DateBounds;
  readonly count: number;
  readonly cursor?: string;
  readonly honoured: readonly Parameter[];
  readonly issues: readonly Issue[];
}

interface Place {
  readonly part: Part;
  readonly after?: PagePosition | undefined;
}

interface PartPage {
  readonly resources: readonly FhirResource[];
  readonly persons?: readonly string[];
  readonly issues?: readonly Issue[];
  readonly next?: PagePosition | undefined;
}

export interface EverythingRequest {
  readonly patientId: string;
  readonly parameters: readonly Parameter[];
  readonly isStrict: boolean;
}

/**
 * Everything about a person, over all linked records: the merged view, the chart in the order in which it came, the staff
 * and organisations that it names, and the Provenance of all its events. Throws 404 for an unknown patient.
 */
export async function runEverything(context: SearchContext, request: EverythingRequest): Promise<Served> {
  const { reader, cursors, origin } = context;
  const person = await reader.resolvePatient(request.patientId);
  if (person === undefined) throw notFound();
  const of = `everything ${person.personId}`;
  const asked = parseAsked(request.parameters, request.isStrict);
  const continued = asked.cursor === undefined ? undefined : cursors.read(asked.cursor, of);
  const effective = continued === undefined ? asked : parseAsked(continued.parameters.slice(1), false);
  let place: Place | undefined = continued === undefined ? { part: 'person' } : placeOf(continued);
  const pages: PartPage[] = [];
  let room = effective.count;
  while (place !== undefined && room > 0) {
    const page: PartPage = await partPage(context, effective, { person, place, room });
    pages.push(page);
    room -= page.resources.length;
    place = page.next === undefined ? partAfter(place.part) : { part: place.part, after: page.next };
  }
  const matches = pages.flatMap(({ resources }) => resources);
  const issues = [
    ...asked.issues,
    ...pages.flatMap((page) => page.issues ?? []),
    ...(await missingFor(context, [person])),
  ];
  const path = `Patient/${person.personId}/$everything`;
  const next =
    place === undefined
      ? undefined
      : urlOf(origin, path, [['_cursor', cursors.write(continuationOf(of, effective.honoured, place))]]);
  const self = urlOf(origin, path, asked.honoured);
  return {
    resource: searchset({ matches, issues, self, next }, context),
    persons: [...new Set([person.personId, ...pages.flatMap((page) => page.persons ?? [])])],
    resources: matches.map(referenceOf),
  };
}

function continuationOf(of: string, honoured: readonly Parameter[], { part, after }: Place) {
  const parameters: readonly Parameter[] = [['part', part], ...honoured.filter(([name]) => name !== '_cursor')];
  return { of, parameters, position: after ?? (['', '', ''] as const) };
}

function placeOf({ parameters, position }: { parameters: readonly Parameter[]; position: PagePosition }): Place {
  const part = parts.find((one) => one === parameters[0]?.[1]) ?? 'person';
  return { part, ...(position[0] !== '' && { after: position }) };
}

function partAfter(part: Part): Place | undefined {
  const next = parts[parts.indexOf(part) + 1];
  return next === undefined ? undefined : { part: next };
}

interface PartRequest {
  readonly person: ResolvedPerson;
  readonly place: Place;
  readonly room: number;
}

function partPage(context: SearchContext, asked: Asked, request: PartRequest): Promise<PartPage> {
  switch (request.place.part) {
    case 'person':
      return personPart(context, asked, request);
    case 'chart':
      return chartPart(context, asked, request);
    case 'shared':
      return sharedPart(context, asked, request);
    case 'provenance':
      return provenancePart(context, asked, request);
  }
}

async function personPart({ reader }: SearchContext, asked: Asked, { person }: PartRequest): Promise<PartPage> {
  const merged = asked.types.includes('Patient') ? await reader.readMerged(person.personId) : undefined;
  if (merged === undefined || !isSince(asked, merged.lastUpdated)) return { resources: [] };
  return { ...renderPersons({ matches: [merged] }), next: undefined };
}

async function chartPart({ reader }: SearchContext, asked: Asked, request: PartRequest): Promise<PartPage> {
  const types = chartTypes.filter((type) => asked.types.includes(type));
  if (types.length === 0) return { resources: [] };
  const { since } = asked;
  const filters =
    since === undefined ? [] : [{ kind: 'updated' as const, anyOf: [{ ...since, prefix: 'ge' as const }] }];
  const { after } = request.place;
  const found = await reader.search(
    types,
    { recordKeys: recordKeysOf(request.person.records.length === 0 ? [] : [request.person]), filters },
    { count: request.room, order: 'created', ...(after !== undefined && { after }) },
  );
  const page = await renderFound(reader, found);
  return { ...page, resources: page.resources.filter((resource) => isWithin(asked, resource)) };
}

async function sharedPart(
  { reader }: SearchContext,
  asked: Asked,
  { person, place, room }: PartRequest,
): Promise<PartPage> {
  const types = sharedTypes.filter((type) => asked.types.includes(type));
  if (types.length === 0) return { resources: [] };
  const all = [...(await referencedBy(reader, recordKeysOf([person]), types))].sort();
  const rest = all.filter((reference) => place.after === undefined || reference > String(place.after[0]));
  const named = rest.slice(0, room).map((reference) => {
    const [type = '', id = ''] = reference.split('/');
    return { type, id };
  });
  const versions = await reader.readResources(named);
  const matches = [...versions.values()].filter(({ lastUpdated }) => isSince(asked, lastUpdated));
  const last = rest.length > room ? rest[room - 1] : undefined;
  const page = await renderFound(reader, { matches });
  return { ...page, next: last === undefined ? undefined : [last, 'shared', ''] };
}

async function provenancePart(
  context: SearchContext,
  asked: Asked,
  { person, place, room }: PartRequest,
): Promise<PartPage> {
  if (!asked.types.includes('Provenance')) return { resources: [] };
  const received = asked.since === undefined ? [] : [[{ ...asked.since, prefix: 'ge' as const }]];
  const events = { recordKeys: recordKeysOf([person]), received };
  const page = await pageEvents(context.store, events, { count: room, after: place.after });
  const found = await readProvenance(context.reader, page.eventIds, context.origin);
  return {
    resources: found.map(({ resource }) => resource),
    persons: found.flatMap(({ persons }) => persons),
    next: page.next,
  };
}

function isSince({ since }: Asked, lastUpdated: string): boolean {
  return since === undefined || lastUpdated >= since.from;
}

/** By clinical date; what has none belongs to no time and is always there. */
function isWithin({ start, end }: Asked, resource: FhirResource): boolean {
  const date = clinicalDate(resource);
  if (date === undefined) return true;
  return (start === undefined || date.until >= start.from) && (end === undefined || date.from <= end.until);
}

function parseAsked(parameters: readonly Parameter[], isStrict: boolean): Asked {
  limitLengths(parameters);
  let asked: Asked = { types: everyType, count: countPerPage, honoured: [], issues: [] };
  for (const [name, value] of parameters) {
    const taken = take(asked, name, value);
    if (taken !== undefined) asked = { ...taken, honoured: [...asked.honoured, [name, value]] };
    else if (isStrict) throw new FhirFailure(400, 'not-supported', 'unknown parameter');
    else
      asked = {
        ...asked,
        issues: [...asked.issues, { severity: 'warning', code: 'not-supported', text: 'ignored: unknown parameter' }],
      };
  }
  return asked;
}

function take(asked: Asked, name: string, value: string): Asked | undefined {
  switch (name) {
    case 'start':
    case 'end':
      return { ...asked, [name]: plainDate(name, value) };
    case '_since':
      return { ...asked, since: plainDate(name, value) };
    case '_type': {
      const types = value.split(',');
      if (!types.every((type) => everyType.includes(type)))
        throw invalidParameter('_type', 'a type that is not served');
      return { ...asked, types };
    }
    case '_count': {
      const { count } = countOf(value, { count: asked.count, isCountOnly: false });
      return { ...asked, count };
    }
    case '_cursor':
      return { ...asked, cursor: value };
    case '_format':
      return asked;
    default:
      return undefined;
  }
}

function plainDate(name: string, value: string): DateBounds {
  if (!/^\d/.test(value)) throw invalidParameter(name, 'a date without a prefix');
  return prefixedDate(name, value);
}
