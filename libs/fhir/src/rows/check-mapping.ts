import type {
  DebeziumConnection,
  PatientJoin,
  PatientTable,
  ResourceMapping,
  RowMappingFile,
  TableMapping,
} from './mapping-file.js';
import type { MappingProblem } from './mapping-file-error.js';
import type { FilePath, MappingText } from './mapping-text.js';
import { isZone, own, type Tell } from './file-check.js';
import { checkResource } from './check-resource.js';
import { patientElement } from './filled-elements.js';

/** What no schema can say: names that lead nowhere, elements that FHIR does not have, rules that contradict each other. */
export function checkMapping(mapping: RowMappingFile, text: MappingText): readonly MappingProblem[] {
  const problems: MappingProblem[] = [];
  const tell: Tell = (path, message) => problems.push(text.problem(path, message));
  checkSource(mapping, tell);
  if (mapping.patients !== undefined) checkPatients(mapping.patients, mapping, tell);
  for (const name of Object.keys(mapping.tables)) checkTable(name, mapping, tell);
  return problems;
}

function checkSource({ source }: RowMappingFile, tell: Tell): void {
  const { zone, connection } = source;
  if (!isZone(zone)) tell(['source', 'zone'], 'no IANA time zone (Asia/Karachi)');
  if (connection.passwordFile !== undefined && connection.passwordVariable !== undefined)
    tell(['source', 'connection', 'passwordVariable'], 'passwordFile or passwordVariable, not both');
  if (source.kind === 'debezium') checkTopics(source.connection, tell);
}

function checkTopics(connection: DebeziumConnection, tell: Tell): void {
  const { topics, topicPrefix, user, mechanism, caFile, certFile, keyFile } = connection;
  const at: FilePath = ['source', 'connection'];
  const hasPassword = (connection.passwordFile ?? connection.passwordVariable) !== undefined;
  if ((topics === undefined) === (topicPrefix === undefined)) tell(at, 'topics or topicPrefix: one of them');
  if ((user !== undefined) !== hasPassword) tell(at, 'user and a place of its password go together');
  if ((certFile === undefined) !== (keyFile === undefined)) tell(at, 'certFile and keyFile go together');
  if (certFile !== undefined && caFile === undefined) tell([...at, 'certFile'], 'needs caFile');
  if (mechanism === 'plain' && caFile === undefined)
    tell([...at, 'mechanism'], 'needs caFile: the password would go over the network as it is');
}

function checkPatients({ table: name, authority }: PatientTable, { tables }: RowMappingFile, tell: Tell): void {
  const table = own(tables, name);
  if (!/^[a-z][a-z0-9+.-]*:\S+$/i.test(authority)) tell(['patients', 'authority'], 'no URI: urn:oid:2.999.1, http://…');
  if (authority.length > 255) tell(['patients', 'authority'], 'longer than 255 characters');
  if (table === undefined) tell(['patients', 'table'], 'no table of this file');
  else if (table.resources[0]?.type !== 'Patient')
    tell(['patients', 'table'], 'the first resource of this table must be Patient');
  if (table?.patient !== undefined) tell(['tables', name, 'patient'], 'its own key names the patient');
}

function checkTable(name: string, mapping: RowMappingFile, tell: Tell): void {
  const table = mapping.tables[name];
  if (table === undefined) return;
  const at: FilePath = ['tables', name];
  if (table.resources.length === 0) tell(at, 'states nothing: give resource and elements, or resources');
  if (new Set(table.key).size !== table.key.length) tell([...at, 'key'], 'names a column twice');
  checkJoin(name, table, { mapping, tell });
  checkParts(table, at, tell);
  for (const [index, resource] of table.resources.entries())
    checkResource(resource, { mapping, at: placeOf(resource, { index, table }, at), tell });
}

/** A table with one resource says it without a list. */
function placeOf(
  resource: ResourceMapping,
  { index, table }: { index: number; table: TableMapping },
  at: FilePath,
): FilePath {
  return table.resources.length === 1 && resource.part === undefined ? at : [...at, 'resources', index];
}

function checkParts({ resources }: TableMapping, at: FilePath, tell: Tell): void {
  const met = new Set<string>();
  for (const [index, { part = '' }] of resources.entries()) {
    if (met.has(part))
      tell([...at, 'resources', index], 'needs a "part" of its own: another resource of the row has this one');
    met.add(part);
  }
}

interface Checked {
  readonly mapping: RowMappingFile;
  readonly tell: Tell;
}

function checkJoin(name: string, table: TableMapping, { mapping, tell }: Checked): void {
  const { patients } = mapping;
  const isAbout = table.resources.some(({ type }) => patientElement(type) !== undefined);
  if (table.resources.some(({ type }) => type === 'Patient') && patients?.table !== name)
    tell(['tables', name], 'states a Patient and is not the table of "patients"');
  if (table.patient !== undefined) checkPatient(name, table.patient, { mapping, tell });
  else if (isAbout && patients !== undefined && patients.table !== name)
    tell(['tables', name], 'its rows are about a patient: say which with "patient"');
}

function checkPatient(name: string, { columns, via }: PatientJoin, { mapping, tell }: Checked): void {
  const at: FilePath = ['tables', name, 'patient'];
  const target = via ?? mapping.patients?.table;
  if (target === undefined) {
    tell(at, 'the file names no table of "patients"');
    return;
  }
  const key = own(mapping.tables, target)?.key;
  if (key !== undefined && key.length !== columns.length)
    tell(at, `the key of ${target} has ${key.length} column(s), here are ${columns.length}`);
  if (!leadsToPatient(name, mapping)) tell(at, '"via" does not lead to the table of patients');
}

function leadsToPatient(name: string, { patients, tables }: RowMappingFile): boolean {
  const met = new Set<string>();
  for (let at: string | undefined = name; at !== undefined && !met.has(at);) {
    met.add(at);
    const join: TableMapping['patient'] = own(tables, at)?.patient;
    if (at === patients?.table || (join !== undefined && join.via === undefined)) return true;
    at = join?.via;
  }
  return false;
}
