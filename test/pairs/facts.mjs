// Resources as facts: `type, path, normalised value`, each as often as it is said.
import { coreElements } from './core-elements.mjs';

/** Systems whose code means the same everywhere; of others the code alone is compared. */
const shared = [
  'http://loinc.org',
  'http://snomed.info/sct',
  'http://unitsofmeasure.org',
  'http://hl7.org/fhir/sid/cvx',
];

const normal = {
  text: (value) => [
    String(value?.$decimal ?? value)
      .trim()
      .toLowerCase(),
  ],
  digits: (value) => [
    String(value)
      .replace(/^(tel|mailto):/, '')
      .replace(/[\s()+.-]/g, '')
      .toLowerCase(),
  ],
  time: (value) => [instant(String(value))],
  number: (value) => [plainNumber(String(value?.$decimal ?? value).trim())],
  coding: (value) => (typeof value?.code === 'string' ? [codeOf(value)] : []),
  // One concept in two systems that are not compared (v2-0078 N and v3 N) says its code once.
  concept: (value) =>
    value?.coding?.length > 0 ? [...new Set(value.coding.flatMap(normal.coding))] : normal.text(value?.text ?? ''),
};

/** The facts of some resources, by resource type. */
export function factsOf(resources) {
  const facts = new Map();
  for (const { type, fact } of entriesOf(resources)) facts.set(type, [...(facts.get(type) ?? []), fact]);
  return facts;
}

/** The same as a list of `{ type, path, value, fact, resource }`. */
export function entriesOf(resources) {
  return resources.flatMap((resource) =>
    (coreElements[resource?.resourceType] ?? []).flatMap((element) => {
      const [path, kind = 'text'] = element.split(':');
      const values = valuesAt(resource, path.split('.'))
        .flatMap(normal[kind])
        .filter((value) => value !== '');
      return values.map((value) => ({
        type: resource.resourceType,
        path,
        value,
        fact: `${path} = ${value}`,
        resource,
      }));
    }),
  );
}

function valuesAt(from, [name, ...rest]) {
  const found = [from?.[name]].flat().filter((value) => value !== undefined && value !== null);
  return rest.length === 0 ? found : found.flatMap((value) => valuesAt(value, rest));
}

function codeOf({ system = '', code }) {
  return `${shared.includes(system) ? `${system}|` : ''}${code.trim().toLowerCase()}`;
}

/** Numbers are compared as numbers: `850.00` says how exact it is, and means 850. */
function plainNumber(text) {
  return /^-?\d+\.\d*$/.test(text) ? text.replace(/\.?0*$/, '') : text;
}

/** Moments are compared as moments, dates as they are written. */
function instant(text) {
  return text.includes('T') ? new Date(text).toISOString() : text;
}
