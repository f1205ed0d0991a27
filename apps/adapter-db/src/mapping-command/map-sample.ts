import { randomBytes } from 'node:crypto';
import { resourceId, type Row } from '@anamnesis/core';
import { joinKey, mapRow, type MappedEvent, type RowContext, type RowMappingFile } from '@anamnesis/fhir';
import { patientOfRow } from '../intake/patient-of-row.js';
import type { LiveDatabase } from './live-database.js';

export interface Sample {
  readonly table: string;
  readonly row: Row;
}

/** Ids are as long as those of the product, and others: the deployment's key is not here. */
const sampleKey = randomBytes(32);
/** As of the adapter: joins lead through a table or two. */
const stepsMax = 8;

/** The event that the adapter would make of a row that it finds. */
export async function mapSample(sample: Sample, mapping: RowMappingFile, database: LiveDatabase): Promise<MappedEvent> {
  const { table, row } = sample;
  const key = (mapping.tables[table]?.key ?? []).map((column) => row[column] ?? null);
  const at = new Date().toISOString();
  const parents = await parentsOf(sample, mapping, database);
  const patientKeyOf = patientOfRow(mapping, { find: (name) => parents.get(name) });
  return mapRow(
    { op: 'r', table, key, after: row, at, position: 'sample' },
    mapping,
    contextOf(mapping, at, patientKeyOf),
  );
}

/** The rows, by table, through which a row leads to its patient: the adapter has them from what was told before. */
async function parentsOf(
  sample: Sample,
  mapping: RowMappingFile,
  database: LiveDatabase,
): Promise<ReadonlyMap<string, Row>> {
  const parents = new Map<string, Row>();
  let at = await parentOf(sample, mapping, database);
  while (at !== undefined && parents.size < stepsMax) {
    parents.set(at.table, at.row);
    at = await parentOf(at, mapping, database);
  }
  return parents;
}

async function parentOf(
  { table, row }: Sample,
  { tables }: RowMappingFile,
  database: LiveDatabase,
): Promise<Sample | undefined> {
  const join = tables[table]?.patient;
  const key = joinKey(join?.columns ?? [], row);
  if (join?.via === undefined || key === undefined) return undefined;
  const parent = await database.find(join.via, tables[join.via]?.key ?? [], key);
  return parent && { table: join.via, row: parent };
}

function contextOf(
  { source }: RowMappingFile,
  receivedAt: string,
  patientKeyOf: NonNullable<RowContext['patientKeyOf']>,
): RowContext {
  const { facility, application, zone } = source;
  return {
    ...{ facility, application, zone, receivedAt },
    systemOf: ({ namespaceId }) => `urn:anamnesis:authority:${encodeURIComponent(namespaceId)}`,
    resourceId: (type, system, businessKey) => resourceId(sampleKey, type, system, businessKey),
    isOwnAuthority: () => true,
    patientKeyOf,
  };
}
