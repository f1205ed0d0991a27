import type { PatientIdentifier, Row, RowChange, RowValue } from '@anamnesis/core';
import type { Reference } from '../fhir-types.js';
import { textOf } from './converters/converter.js';
import { joinKey, type ResourceMapping, type RowMappingFile } from './mapping-file.js';
import type { RowContext } from './row-context.js';

export interface TablePlace {
  readonly table: string;
  readonly mapping: RowMappingFile;
  readonly context: RowContext;
}

/** A key on one line: the same for a number and its text. Parts of a composite key are told apart. */
export function keyText(key: readonly RowValue[]): string {
  const [only = null] = key;
  return key.length === 1 ? partText(only) : key.map((value) => encodeURIComponent(partText(value))).join('/');
}

function partText(value: RowValue): string {
  return typeof value === 'object' && value !== null ? value.base64 : (textOf(value) ?? '');
}

/** `Identifier.system` of the key of a row: of the patients' table its authority, else what the file says, else the facility's own. */
export function keySystem(
  { table, mapping }: Pick<TablePlace, 'table' | 'mapping'>,
  resource: ResourceMapping,
): string {
  const known = systems.get(resource);
  if (known !== undefined) return known;
  const system = makeSystem({ table, mapping }, resource);
  systems.set(resource, system);
  return system;
}

const systems = new WeakMap<ResourceMapping, string>();

function makeSystem({ table, mapping }: Pick<TablePlace, 'table' | 'mapping'>, resource: ResourceMapping): string {
  const { patients, source } = mapping;
  if (resource.type === 'Patient' && patients?.table === table) return patients.authority;
  return (
    resource.system ??
    `urn:anamnesis:facility:${[source.facility, source.application, table].map(encodeURIComponent).join(':')}`
  );
}

/** The same row always gives the same resource, so that references need no look-up. */
export function rowResourceId(place: TablePlace, resource: ResourceMapping, key: readonly RowValue[]): string {
  const text = keyText(key);
  const businessKey = resource.part === undefined ? text : JSON.stringify([text, resource.part]);
  return place.context.resourceId(resource.type, keySystem(place, resource), businessKey);
}

/** To the first resource of a row, whether or not the row was told yet. */
export function rowReference(place: TablePlace, key: readonly RowValue[]): Reference {
  const resource = place.mapping.tables[place.table]?.resources[0];
  if (resource === undefined) return {};
  const reference = `${resource.type}/${rowResourceId(place, resource, key)}`;
  if (resource.type !== 'Patient') return { reference };
  return { reference, identifier: { system: keySystem(place, resource), value: keyText(key) } };
}

/** Whose row it is. Undefined: about nobody, or nobody knows. */
export function patientOf(change: RowChange, place: TablePlace): PatientIdentifier | undefined {
  const { patients } = place.mapping;
  const key = patients && patientKey(change, place, patients.table);
  return patients && key && { system: patients.authority, value: keyText(key) };
}

function patientKey(change: RowChange, place: TablePlace, patientsTable: string): readonly RowValue[] | undefined {
  const { table, mapping, context } = place;
  if (table === patientsTable) return change.key;
  const join = mapping.tables[table]?.patient;
  if (join === undefined) return undefined;
  const row = rowOf(change, place);
  const named = join.via === undefined ? joinKey(join.columns, row) : undefined;
  return named ?? (join.via !== undefined || change.op === 'd' ? context.patientKeyOf?.(table, row) : undefined);
}

/** The row as it is, or was; of a deletion that tells no more, its key. */
export function rowOf(change: RowChange, { table, mapping }: TablePlace): Row {
  if (change.after !== undefined) return change.after;
  const columns = mapping.tables[table]?.key ?? [];
  return { ...change.before, ...Object.fromEntries(columns.map((column, at) => [column, change.key[at] ?? null])) };
}
