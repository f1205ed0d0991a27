import type { Json } from '@anamnesis/core';
import type { HistoryReader } from '../../history/history-reader.js';
import { type FhirResource, isObject, listOf, membersNamed } from '../fhir-json.js';
import { renderMerged } from '../render/merged-patient.js';
import { renderStored } from '../render/stored-resource.js';
import { servedTypes } from '../served-types.js';

/** What `_include` parameters of a type pull in for these resources. */
export async function followIncludes(
  reader: HistoryReader,
  resources: readonly FhirResource[],
  includes: readonly string[],
): Promise<readonly FhirResource[]> {
  const references = new Set(
    resources.flatMap((resource) => includes.flatMap((param) => [...referencesOf(resource, param)])),
  );
  const split = [...references].map((reference) => {
    const [type = '', id = ''] = reference.split('/');
    return { type, id };
  });
  const persons = split.filter(({ type }) => type === 'Patient').map(({ id }) => id);
  const views = persons.length === 0 ? [] : [...(await reader.readMergedAll(persons)).values()];
  const stored = await reader.readResources(split.filter(({ type }) => type !== 'Patient'));
  const rendered = await renderStored(reader, [...stored.values()]);
  return [...views.map((view) => renderMerged(view).resource), ...rendered.map(({ resource }) => resource)];
}

const patientElements = ['subject', 'patient', 'beneficiary', 'participant'].map((name) => [{ name }]);

function* referencesOf(resource: FhirResource, param: string): Generator<string> {
  const parameter = servedTypes.get(resource.resourceType)?.parameters.get(param);
  if (parameter === undefined) return;
  const paths = parameter.kind === 'patient' ? patientElements : parameter.paths;
  for (const path of paths)
    for (const reference of membersNamed('reference', valuesAt(resource, path)))
      if (typeof reference === 'string' && (parameter.kind !== 'patient' || reference.startsWith('Patient/')))
        yield reference;
}

function valuesAt(from: Json, path: readonly { readonly name: string }[]): readonly Json[] {
  return path.reduce<readonly Json[]>(
    (values, { name }) => values.flatMap((value) => (isObject(value) ? listOf(value[name]) : [])),
    [from],
  );
}
