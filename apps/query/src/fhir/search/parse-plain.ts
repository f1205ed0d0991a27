import type { DateBounds, SearchFilter } from '../../history/history-types.js';
import type { Issue } from '../edge/operation-outcome.js';
import { FhirFailure, invalidParameter } from '../fhir-failure.js';
import { limitLengths } from './parse-search.js';
import { prefixedDate } from './prefixed-date.js';
import { referencesOf, tokenOf } from './read-filter.js';
import { countDefault, countMax, type Parameter } from './search-request.js';
import { splitUnescaped } from './split-values.js';

type Token = Extract<SearchFilter, { kind: 'token' }>['anyOf'][number];

/** A search of a computed type (Provenance, AuditEvent) or operation: parameters by kind, each with its own reading. */
export interface PlainRequest {
  readonly ids: readonly (readonly string[])[];
  readonly references: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly tokens: ReadonlyMap<string, readonly (readonly Token[])[]>;
  readonly dates: ReadonlyMap<string, readonly (readonly DateBounds[])[]>;
  readonly count: number;
  readonly isCountOnly: boolean;
  readonly cursor?: string | undefined;
  readonly honoured: readonly Parameter[];
  readonly issues: readonly Issue[];
}

export interface PlainParameters {
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly tokens: readonly string[];
  readonly dates: readonly string[];
}

const idPattern = /^[A-Za-z0-9.-]{1,64}$/;

interface Draft {
  readonly served: PlainParameters;
  readonly ids: (readonly string[])[];
  readonly references: Map<string, (readonly string[])[]>;
  readonly tokens: Map<string, (readonly Token[])[]>;
  readonly dates: Map<string, (readonly DateBounds[])[]>;
  count: number;
  isCountOnly: boolean;
  cursor?: string;
}

/** As `parseSearch`, for types without a table of stored values. Throws 400. */
export function parsePlain(served: PlainParameters, parameters: readonly Parameter[], isStrict: boolean): PlainRequest {
  limitLengths(parameters);
  const maps = { references: new Map(), tokens: new Map(), dates: new Map() };
  const draft: Draft = { served, ids: [], ...maps, count: countDefault, isCountOnly: false };
  const issues: Issue[] = [];
  const honoured: Parameter[] = [];
  for (const parameter of parameters) {
    if (takeGeneral(draft, parameter) || takeOwn(draft, parameter)) honoured.push(parameter);
    else refuseOrWarn(parameter[0], isStrict, issues);
  }
  const { ids, references, tokens, dates, count, isCountOnly, cursor } = draft;
  return { ids, references, tokens, dates, count, isCountOnly, cursor, honoured, issues };
}

function takeGeneral(draft: Draft, [name, value]: Parameter): boolean {
  switch (name) {
    case '_id':
      draft.ids.push(checkedIds(splitUnescaped(value, ',')));
      return true;
    case '_cursor':
      draft.cursor = value;
      return true;
    case '_count':
      Object.assign(draft, countOf(value, draft));
      return true;
    case '_summary':
      if (value === 'count') draft.isCountOnly = true;
      return value === 'count' || value === 'false';
    case '_format':
    case '_total':
      return true;
    default:
      return false;
  }
}

function takeOwn({ served, references, tokens, dates }: Draft, [name, value]: Parameter): boolean {
  const values = splitUnescaped(value, ',');
  const types = Object.hasOwn(served.references, name) ? served.references[name] : undefined;
  if (types !== undefined) {
    const found = values.flatMap((text) => referencesOf({ param: name, types, text }));
    append(
      references,
      name,
      found.map((one) => one.value),
    );
  } else if (served.tokens.includes(name))
    append(
      tokens,
      name,
      values.map((text) => tokenOf(name, text)),
    );
  else if (served.dates.includes(name))
    append(
      dates,
      name,
      values.map((text) => prefixedDate(name, text)),
    );
  else return false;
  return true;
}

function append<One>(to: Map<string, (readonly One[])[]>, name: string, values: readonly One[]): void {
  to.set(name, [...(to.get(name) ?? []), values]);
}

function checkedIds(values: readonly string[]): readonly string[] {
  if (!values.every((id) => idPattern.test(id))) throw invalidParameter('_id', 'not an id');
  return values;
}

export function countOf(
  value: string,
  before: { readonly count: number; readonly isCountOnly: boolean },
): { count: number; isCountOnly: boolean } {
  if (!/^\d{1,9}$/.test(value)) throw invalidParameter('_count', 'not a whole number');
  const { count, isCountOnly } = before;
  if (Number(value) === 0) return { count, isCountOnly: true };
  return { isCountOnly, count: Math.min(Number(value), countMax) };
}

function refuseOrWarn(name: string, isStrict: boolean, issues: Issue[]): void {
  const expression = /^[A-Za-z_][A-Za-z._:-]{0,63}$/.test(name) ? `http.${name}` : undefined;
  if (isStrict) throw new FhirFailure(400, 'not-supported', 'unknown parameter', expression);
  issues.push({ severity: 'warning', code: 'not-supported', text: 'ignored: unknown parameter', expression });
}
