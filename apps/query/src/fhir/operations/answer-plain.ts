import type { PagePosition } from '../../history/history-types.js';
import type { FhirResource } from '../fhir-json.js';
import type { Continuation, Cursors } from '../search/cursor.js';
import { parsePlain, type PlainParameters, type PlainRequest } from '../search/parse-plain.js';
import { referenceOf, searchset, type Served, type Surroundings, urlOf } from './bundle.js';

interface Asked {
  readonly type: string;
  readonly served: PlainParameters;
  readonly asked: PlainRequest;
}

/** The search itself, or the one that its cursor continues. */
export function continuePlain(
  cursors: Cursors,
  { type, served, asked }: Asked,
): { readonly request: PlainRequest; readonly continued?: Continuation } {
  if (asked.cursor === undefined) return { request: asked };
  const continued = cursors.read(asked.cursor, `search ${type}`);
  return { request: parsePlain(served, continued.parameters, false), continued };
}

export interface PlainContent {
  readonly type: string;
  readonly asked: PlainRequest;
  readonly request: PlainRequest;
  readonly found: readonly { readonly resource: FhirResource; readonly persons: readonly string[] }[];
  readonly total: number;
  readonly position?: PagePosition | undefined;
}

/** A page of computed resources as a searchset. */
export function plainAnswer(
  context: Surroundings & { readonly cursors: Cursors },
  { type, asked, request, found, total, position }: PlainContent,
): Served {
  const { cursors, origin } = context;
  const parameters = request.honoured.filter(([name]) => name !== '_cursor');
  const next =
    position === undefined
      ? undefined
      : urlOf(origin, type, [['_cursor', cursors.write({ of: `search ${type}`, parameters, position, total })]]);
  const self = urlOf(origin, type, asked.honoured);
  const matches = found.map(({ resource }) => resource);
  return {
    resource: searchset({ matches, issues: asked.issues, total, self, next }, context),
    persons: [...new Set(found.flatMap(({ persons }) => persons))],
    resources: matches.map(referenceOf),
  };
}
