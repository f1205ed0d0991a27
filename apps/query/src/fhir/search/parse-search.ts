import { parseEventId, Rejected } from '@anamnesis/core';
import type { SearchFilter, SearchOrder } from '../../history/history-types.js';
import { FhirFailure, invalidParameter } from '../fhir-failure.js';
import type { Issue } from '../edge/operation-outcome.js';
import { provenanceTarget, servedTypes, type ServedType } from '../served-types.js';
import { prefixedDate } from './prefixed-date.js';
import { readFilter, referencesOf, tokenOf } from './read-filter.js';
import { countDefault, countMax, type Parameter, type PatientClause, type SearchRequest } from './search-request.js';
import { splitUnescaped } from './split-values.js';

const valueLengthMax = 1000;
const allLengthMax = 4000;
const idPattern = /^[A-Za-z0-9.-]{1,64}$/;
const eventUrn = 'urn:anamnesis:event:';

/** A search while it is read. */
interface Draft {
  readonly type: string;
  readonly served: ServedType;
  readonly filters: SearchFilter[];
  readonly patients: PatientClause[];
  readonly includes: string[];
  readonly honoured: Parameter[];
  readonly issues: Issue[];
  ids?: readonly string[];
  eventId?: string;
  isSource: boolean;
  hasProvenance: boolean;
  count: number;
  order: SearchOrder;
  isCountOnly: boolean;
  hasTotal: boolean;
  cursor?: string;
}

function emptyDraft(served: ServedType): Draft {
  const lists = { filters: [], patients: [], includes: [], honoured: [], issues: [] };
  const flags = { isSource: false, hasProvenance: false, isCountOnly: false, hasTotal: true };
  return { type: served.type, served, ...lists, ...flags, count: countDefault, order: '-created' };
}

/**
 * Reads the parameters of a search. What is not served is left out with a warning, or 400 when `isStrict`; what cannot
 * be a value of its parameter is 400 always. Every message names the parameter and never the value.
 */
export function parseSearch(type: string, parameters: readonly Parameter[], isStrict: boolean): SearchRequest {
  const served = servedTypes.get(type);
  if (served === undefined) throw new FhirFailure(404, 'not-supported', 'no such resource type');
  limitLengths(parameters);
  const draft = emptyDraft(served);
  for (const parameter of parameters) {
    const problem = take(draft, parameter);
    if (problem === undefined) draft.honoured.push(parameter);
    else ignore(draft, problem, isStrict);
  }
  const { served: _, ids, eventId, filters, cursor, ...rest } = draft;
  return {
    ...rest,
    cursor,
    criteria: { filters, ...(ids !== undefined && { ids }), ...(eventId !== undefined && { eventId }) },
  };
}

export function limitLengths(parameters: readonly Parameter[]): void {
  let all = 0;
  for (const [name, value] of parameters) {
    if (name !== '_cursor' && value.length > valueLengthMax)
      throw new FhirFailure(400, 'too-long', `a value has more than ${valueLengthMax} characters`);
    all += name === '_cursor' ? 0 : name.length + value.length;
  }
  if (all > allLengthMax)
    throw new FhirFailure(400, 'too-long', `parameters have more than ${allLengthMax} characters`);
}

/** What could not be used: a parameter name cut to what cannot hold content, and why. */
interface Unused {
  readonly name: string;
  readonly text: string;
}

function ignore(draft: { issues: Issue[] }, { name, text }: Unused, isStrict: boolean): void {
  const expression = /^[A-Za-z_][A-Za-z._:-]{0,63}$/.test(name) ? `http.${name}` : undefined;
  if (isStrict) throw new FhirFailure(400, 'not-supported', text, expression);
  draft.issues.push({ severity: 'warning', code: 'not-supported', text: `ignored: ${text}`, expression });
}

type Take = (draft: Draft, value: string, name: string) => Unused | undefined;

/** Takes a parameter into the draft, or says why not. */
function take(draft: Draft, [name, value]: Parameter): Unused | undefined {
  const general = Object.hasOwn(generalParameters, name) ? generalParameters[name] : undefined;
  if (general !== undefined) return general(draft, value, name);
  const [param = '', ...rest] = name.split(':');
  if (/^(patient|subject|beneficiary)\.identifier$/.test(name)) return takePatientIdentifier(draft, value, name);
  const parameter = draft.served.parameters.get(param);
  if (parameter === undefined || rest.length > 1) return { name, text: 'unknown parameter' };
  const [modifier] = rest;
  if (parameter.kind === 'patient') return takePatient(draft, { param, modifier, value });
  draft.filters.push(readFilter(parameter.kind, { param, modifier, value }));
  return undefined;
}

function takePatient(
  draft: Draft,
  { param, modifier, value }: { param: string; modifier: string | undefined; value: string },
): Unused | undefined {
  if (modifier === 'identifier') return takePatientIdentifier(draft, value, param);
  if (modifier !== undefined && modifier !== 'Patient') throw invalidParameter(param, 'this modifier is not served');
  const found = splitUnescaped(value, ',').flatMap((text) => referencesOf({ param, types: ['Patient'], text }));
  const ids = found.map((one) => one.value.slice('Patient/'.length));
  draft.patients.push({ ids, identifiers: [] });
  return undefined;
}

function takePatientIdentifier(draft: Draft, value: string, name: string): Unused | undefined {
  const [param = ''] = name.split(/[.:]/);
  if (draft.served.parameters.get(param)?.kind !== 'patient') return { name, text: 'unknown parameter' };
  const anyOf = splitUnescaped(value, ',').map((one) => tokenOf(param, one));
  draft.patients.push({ ids: [], identifiers: [{ kind: 'token', param: 'identifier', anyOf }] });
  return undefined;
}

const generalParameters: Readonly<Record<string, Take>> = {
  _id: (draft, value, name) => {
    const ids = splitUnescaped(value, ',');
    if (!ids.every((id) => idPattern.test(id))) throw invalidParameter(name, 'not an id');
    const { ids: before } = draft;
    draft.ids = before === undefined ? ids : before.filter((id) => ids.includes(id));
    return undefined;
  },
  _lastUpdated: (draft, value, name) => {
    draft.filters.push({ kind: 'updated', anyOf: splitUnescaped(value, ',').map((one) => prefixedDate(name, one)) });
    return undefined;
  },
  _source: (draft, value, name) => {
    draft.eventId = eventIdOf(name, value);
    return undefined;
  },
  _tag: (draft, value, name) => {
    if (draft.type !== 'Patient') return { name, text: '_tag is served on Patient alone' };
    const code = value.slice(value.lastIndexOf('|') + 1);
    if (code !== 'source' && code !== 'merged')
      throw invalidParameter(name, 'source and merged are the tags to choose by');
    draft.isSource = code === 'source';
    return undefined;
  },
  _count: (draft, value, name) => {
    if (!/^\d{1,9}$/.test(value)) throw invalidParameter(name, 'not a whole number');
    if (Number(value) === 0) draft.isCountOnly = true;
    else draft.count = Math.min(Number(value), countMax);
    return undefined;
  },
  _sort: (draft, value, name) => takeSort(draft, value, name),
  _include: (draft, value, name) => takeInclude(draft, value, name),
  _revinclude: (draft, value, name) => {
    if (value !== provenanceTarget) return { name, text: `only _revinclude=${provenanceTarget} is served` };
    draft.hasProvenance = true;
    return undefined;
  },
  _summary: (draft, value, name) => {
    if (value === 'false') return undefined;
    if (value !== 'count') return { name, text: 'only _summary=count is served' };
    draft.isCountOnly = true;
    return undefined;
  },
  _total: (draft, value, name) => {
    if (!['none', 'estimate', 'accurate'].includes(value)) throw invalidParameter(name, 'none, estimate or accurate');
    draft.hasTotal = value !== 'none';
    return undefined;
  },
  _format: () => undefined, // negotiated before
  _cursor: (draft, value) => {
    draft.cursor = value;
    return undefined;
  },
};

export const generalParameterNames: readonly string[] = Object.keys(generalParameters);

function takeSort(draft: Draft, value: string, name: string): Unused | undefined {
  const descends = value.startsWith('-') ? '-' : '';
  const key = value.slice(descends.length);
  if (key === '_lastUpdated') draft.order = `${descends}updated`;
  else if (isDateKey(draft, key)) draft.order = `${descends}happened`;
  else return { name, text: 'only by _lastUpdated, or by the date of the type' };
  return undefined;
}

function isDateKey({ served }: Draft, key: string): boolean {
  if (served.dates.length === 0) return false;
  const first = [...served.parameters.values()].find(({ kind }) => kind === 'date');
  return key === 'date' || key === first?.param;
}

function takeInclude(draft: Draft, value: string, name: string): Unused | undefined {
  const [type, param = '', ...rest] = value.split(':');
  const isKnown = type === draft.type && draft.served.includes.includes(param) && rest.length <= 1;
  if (!isKnown) return { name, text: 'this _include is not served' };
  draft.includes.push(param);
  return undefined;
}

function eventIdOf(name: string, value: string): string {
  try {
    return parseEventId(value.startsWith(eventUrn) ? value.slice(eventUrn.length) : value);
  } catch (error) {
    if (error instanceof Rejected) throw invalidParameter(name, 'not an event');
    throw error;
  }
}
