import type { Json } from '@anamnesis/core';
import type { HistoryReader } from '../../history/history-reader.js';
import type { ResolvedPerson } from '../../history/history-types.js';
import { isObject, membersNamed } from '../fhir-json.js';

const patientReference = /^Patient\/([A-Za-z0-9.-]{1,64})$/;

/** Persons by the id of any of their records: what references to source records are turned into. */
export type PersonByPatientId = ReadonlyMap<string, ResolvedPerson>;

/** Looks up every patient that these values refer to. */
export async function resolveReferences(reader: HistoryReader, values: readonly Json[]): Promise<PersonByPatientId> {
  const ids = new Set<string>();
  for (const reference of membersNamed('reference', values)) {
    const [, id] = typeof reference === 'string' ? (patientReference.exec(reference) ?? []) : [];
    if (id !== undefined) ids.add(id);
  }
  const persons = new Map<string, ResolvedPerson>();
  for (const id of ids) {
    const person = await reader.resolvePatient(id);
    if (person !== undefined) persons.set(id, person);
  }
  return persons;
}

/** `Patient/<record>` becomes `Patient/<person>`; which record it was stays in `identifier`. */
export function toPersons(value: Json, persons: PersonByPatientId): Json {
  if (Array.isArray(value)) return value.map((one: Json) => toPersons(one, persons));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, one]) => [name, one === undefined ? one : toPersons(one, persons)]);
  const copy = Object.fromEntries(members) as Record<string, Json>;
  const { reference } = value;
  const [, id = ''] = typeof reference === 'string' ? (patientReference.exec(reference) ?? []) : [];
  const person = persons.get(id);
  if (person === undefined) return copy;
  const record = person.records.find(({ patientId }) => patientId === id);
  return {
    ...copy,
    reference: `Patient/${person.personId}`,
    ...(copy['identifier'] === undefined &&
      record !== undefined && { identifier: { system: record.system, value: record.value } }),
  };
}
