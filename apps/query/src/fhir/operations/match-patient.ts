import type { Json } from '@anamnesis/core';
import { foldText } from '../../history/fold-text.js';
import type { MergedVersion, SearchFilter } from '../../history/history-types.js';
import { FhirFailure } from '../fhir-failure.js';
import { type FhirResource, isObject, type JsonObject, objectsOf, textOf } from '../fhir-json.js';
import { renderMerged } from '../render/merged-patient.js';
import { prefixedDate } from '../search/prefixed-date.js';
import { referenceOf, type Served } from './bundle.js';
import type { SearchContext } from './run-search.js';

const gradeExtension = 'http://hl7.org/fhir/StructureDefinition/match-grade';
const candidatesMax = 100;
const countMax = 50;

type Grade = 'certain' | 'probable' | 'possible' | 'certainly-not';

interface Matched {
  readonly resource: FhirResource;
  readonly grade: Grade;
  readonly score: number;
}

/**
 * `Patient/$match`: deterministic. Certain is an equal identifier (system and value) where birth date or family name
 * agree and nothing disagrees (identity.md §4: given name, birth date, family name, sex). Demographics alone are
 * probable at most. Throws 400 for a body that is no Parameters with a Patient.
 */
export async function matchPatient(context: SearchContext, body: Json | undefined): Promise<Served> {
  const { patient, isOnlyCertain, count } = readParameters(body);
  const found = new Map<string, MergedVersion>();
  for (const filters of searchesFor(patient)) {
    const { matches } = await context.reader.searchPersons({ filters }, { count: candidatesMax, order: 'created' });
    for (const match of matches) found.set(match.personId, match);
  }
  const graded = [...found.values()]
    .map((view) => gradeOf(patient, renderMerged(view).resource))
    .filter(({ grade }) => grade !== 'certainly-not')
    .sort((a, b) => b.score - a.score || (referenceOf(a.resource) < referenceOf(b.resource) ? -1 : 1));
  const chosen = isOnlyCertain ? onlyCertain(graded) : graded.slice(0, count);
  const { origin } = context;
  return {
    resource: {
      resourceType: 'Bundle',
      type: 'searchset',
      total: chosen.length,
      link: [{ relation: 'self', url: `${origin}/fhir/Patient/$match` }],
      ...(chosen.length > 0 && { entry: chosen.map((one) => entryOf(one, origin)) }),
    },
    persons: chosen.flatMap(({ resource }) => (resource.id === undefined ? [] : [resource.id])),
    resources: chosen.map(({ resource }) => referenceOf(resource)),
  };
}

/** One certain match among several candidates is not certain enough to be the only one shown. */
function onlyCertain(graded: readonly Matched[]): readonly Matched[] {
  const certain = graded.filter(({ grade }) => grade === 'certain');
  return certain.length === 1 ? certain : [];
}

function entryOf({ resource, grade, score }: Matched, origin: string): JsonObject {
  return {
    fullUrl: `${origin}/fhir/${referenceOf(resource)}`,
    resource,
    search: { extension: [{ url: gradeExtension, valueCode: grade }], mode: 'match', score },
  };
}

function readParameters(body: Json | undefined): { patient: JsonObject; isOnlyCertain: boolean; count: number } {
  if (!isObject(body) || body['resourceType'] !== 'Parameters')
    throw invalidBody('Parameters are expected', 'Parameters');
  const parameters = objectsOf(body['parameter']);
  const named = (name: string): JsonObject | undefined => parameters.find((one) => one['name'] === name);
  const patient = named('resource')?.['resource'];
  if (!isObject(patient) || patient['resourceType'] !== 'Patient')
    throw invalidBody('a Patient is expected', "Parameters.parameter.where(name='resource')");
  const isOnlyCertain = named('onlyCertainMatches')?.['valueBoolean'] === true;
  return { patient, isOnlyCertain, count: readCount(named('count')?.['valueInteger']) };
}

function readCount(count: Json | undefined): number {
  if (count === undefined) return countMax;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1)
    throw invalidBody('a positive number is expected', "Parameters.parameter.where(name='count')");
  return Math.min(count, countMax);
}

function invalidBody(text: string, expression: string): FhirFailure {
  return new FhirFailure(400, 'invalid', text, expression);
}

function searchesFor(patient: JsonObject): readonly (readonly SearchFilter[])[] {
  const searches: (readonly SearchFilter[])[] = [];
  const anyOf = identifiersOf(patient);
  if (anyOf.length > 0) searches.push([{ kind: 'token', param: 'identifier', anyOf }]);
  const birthDate = textOf(patient, 'birthDate');
  const families = objectsOf(patient['name']).flatMap((name) => textOf(name, 'family') ?? []);
  if (birthDate !== undefined && families.length > 0)
    searches.push([
      { kind: 'date', param: 'birthdate', anyOf: [prefixedDate('birthDate', birthDate)] },
      { kind: 'string', param: 'family', match: 'starts', anyOf: families },
    ]);
  if (searches.length === 0)
    throw invalidBody('an identifier, or a family name and a birth date, are needed', 'Patient');
  return searches;
}

function identifiersOf(patient: JsonObject): readonly { readonly system?: string; readonly value: string }[] {
  return objectsOf(patient['identifier']).flatMap((identifier) => {
    const [system, value] = [textOf(identifier, 'system'), textOf(identifier, 'value')];
    return value === undefined ? [] : [{ value, ...(system !== undefined && { system }) }];
  });
}

/** `undefined` where one side says nothing. */
type Agreement = boolean | undefined;

function gradeOf(asked: JsonObject, resource: FhirResource): Matched {
  const names = (patient: JsonObject, part: 'family' | 'given'): ReadonlySet<string> =>
    new Set(
      objectsOf(patient['name']).flatMap((name) => {
        const value = part === 'family' ? textOf(name, 'family') : objectsOrTexts(name[part])[0];
        return value === undefined ? [] : [foldText(value)];
      }),
    );
  const family = overlap(names(asked, 'family'), names(resource, 'family'));
  const given = overlap(names(asked, 'given'), names(resource, 'given'));
  const birthDate = equal(textOf(asked, 'birthDate'), textOf(resource, 'birthDate'));
  const gender = equal(textOf(asked, 'gender'), textOf(resource, 'gender'));
  const isSameNumber = hasEqualIdentifier(asked, resource);
  const all = [family, given, birthDate, gender];
  const disagreements = all.filter((one) => one === false).length;
  const agreements = all.filter((one) => one === true).length;
  const hasStrong = family === true || birthDate === true;
  return { resource, ...grade({ isSameNumber, hasStrong, agreements, disagreements }) };
}

interface Comparison {
  readonly isSameNumber: boolean;
  readonly hasStrong: boolean;
  readonly agreements: number;
  readonly disagreements: number;
}

function grade(comparison: Comparison): { grade: Grade; score: number } {
  return comparison.isSameNumber ? gradeByNumber(comparison) : gradeByDemographics(comparison);
}

function gradeByNumber({ hasStrong, disagreements }: Comparison): { grade: Grade; score: number } {
  if (hasStrong && disagreements === 0) return { grade: 'certain', score: 1 };
  return disagreements <= 1 ? { grade: 'probable', score: 0.9 } : { grade: 'possible', score: 0.5 };
}

function gradeByDemographics({ agreements, disagreements }: Comparison): { grade: Grade; score: number } {
  if (agreements >= 3 && disagreements === 0) return { grade: 'probable', score: 0.8 };
  if (agreements >= 2 && disagreements <= 1) return { grade: 'possible', score: 0.6 };
  return { grade: 'certainly-not', score: 0 };
}

function hasEqualIdentifier(asked: JsonObject, resource: FhirResource): boolean {
  const held = identifiersOf(resource);
  return identifiersOf(asked).some(
    ({ system, value }) => system !== undefined && held.some((one) => one.system === system && one.value === value),
  );
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): Agreement {
  if (a.size === 0 || b.size === 0) return undefined;
  return [...a].some((one) => b.has(one));
}

function equal(a: string | undefined, b: string | undefined): Agreement {
  return a === undefined || b === undefined ? undefined : a === b;
}

function objectsOrTexts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
