import { Injectable } from '@nestjs/common';
import type { EventId, RecordKey } from '@anamnesis/core';
import { type ChartPersonVersion, type ChartRecord as ChartRecordRow } from '@anamnesis/store';
import { select, selectIn } from '../archive/rows.js';
import type {
  ChartRecord,
  MergedEdge,
  MergedPart,
  MergedVersion,
  ResolvedPerson,
  StoredVersion,
} from './history-types.js';
import { StoredVersions } from './stored-versions.js';

/** Persons, and what their merged views are made of. */
@Injectable()
export class StoredPersons {
  constructor(private readonly versions: StoredVersions) {}

  async resolve(patientId: string): Promise<ResolvedPerson | undefined> {
    const [row] = await this.#records('patientId', [patientId]);
    if (row?.personId == null) return undefined;
    const records = (await this.#records('personId', [row.personId])).map(recordOf).sort(byOrdinal);
    return { personId: row.personId, records };
  }

  async personsOf(recordKeys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#records('recordKey', recordKeys);
    return new Map(rows.flatMap(({ recordKey, personId }) => (personId === null ? [] : [[recordKey, personId]])));
  }

  async recordsByNumber({ system, value }: { system?: string; value: string }): Promise<readonly ChartRecord[]> {
    const rows = await this.#records('value', [value.slice(0, 255)]);
    return rows.filter((row) => system === undefined || row.system === system.slice(0, 255)).map(recordOf);
  }

  async merged(personId: string, version?: number): Promise<MergedVersion | undefined> {
    if (version === undefined) return (await this.mergedAll([personId])).get(personId);
    const sql = 'SELECT * FROM chart_person_version WHERE personId = ? AND version = ?';
    const [merged] = await this.#open(
      await select<ChartPersonVersion>(this.versions.manager, sql, [personId, version]),
    );
    return merged;
  }

  async mergedAll(personIds: readonly string[]): Promise<ReadonlyMap<string, MergedVersion>> {
    const sql = `SELECT v.* FROM chart_person p JOIN chart_person_version v
      ON v.personId = p.personId AND v.version = p.version WHERE p.personId IN`;
    const rows = await selectIn<ChartPersonVersion>(this.versions.manager, sql, { keys: personIds });
    return new Map((await this.#open(rows)).map((merged) => [merged.personId, merged]));
  }

  async history(personId: string, page: { count: number; before?: number }): Promise<readonly MergedVersion[]> {
    const sql = 'SELECT * FROM chart_person_version WHERE personId = ? AND version < ? ORDER BY version DESC LIMIT ?';
    const values = [personId, page.before ?? Number.MAX_SAFE_INTEGER, page.count];
    return this.#open(await select<ChartPersonVersion>(this.versions.manager, sql, values));
  }

  async #open(rows: readonly ChartPersonVersion[]): Promise<readonly MergedVersion[]> {
    const parts = rows.map(({ parts }) => JSON.parse(parts) as [recordKey: string, versionId: number][]);
    const known = await this.#records(
      'recordKey',
      parts.flat().map(([recordKey]) => recordKey),
    );
    const records = new Map(known.map((row) => [row.recordKey, recordOf(row)]));
    const wanted = parts.flat().flatMap(([recordKey, versionId]) => {
      const id = records.get(recordKey)?.patientId;
      return id === undefined || versionId === 0 ? [] : [{ id, versionId }];
    });
    const sources = new Map(
      (await this.versions.byVersion('Patient', wanted)).map((one) => [`${one.id}/${one.versionId}`, one]),
    );
    return rows.map((row, index) => mergedOf(row, { parts: parts[index] ?? [], records, sources }));
  }

  #records(
    column: 'recordKey' | 'patientId' | 'personId' | 'value',
    keys: readonly string[],
  ): Promise<ChartRecordRow[]> {
    return selectIn<ChartRecordRow>(this.versions.manager, `SELECT * FROM chart_record WHERE ${column} IN`, { keys });
  }
}

interface Opened {
  readonly parts: readonly (readonly [recordKey: string, versionId: number])[];
  readonly records: ReadonlyMap<string, ChartRecord>;
  readonly sources: ReadonlyMap<string, StoredVersion>;
}

function mergedOf(row: ChartPersonVersion, opened: Opened): MergedVersion {
  const edges = (JSON.parse(row.edges) as [string, MergedEdge['kind'], RecordKey, RecordKey][]).map(
    ([assertionId, kind, first, second]) => ({ assertionId, kind, first, second }),
  );
  return {
    personId: row.personId,
    version: row.version,
    lastUpdated: row.at,
    cause: {
      ...(row.causeEventId !== null && { eventId: row.causeEventId as EventId }),
      ...(row.causeAssertionId !== null && { assertionId: row.causeAssertionId }),
    },
    ...(row.intoPersonId !== null && { intoPersonId: row.intoPersonId }),
    parts: partsOf(opened, edges),
    edges,
  };
}

function partsOf({ parts, records, sources }: Opened, edges: readonly MergedEdge[]): readonly MergedPart[] {
  const retired = new Set<string>(edges.filter(({ kind }) => kind === 'merge').map(({ second }) => second));
  return parts.flatMap(([recordKey, versionId]) => {
    const record = records.get(recordKey);
    if (record === undefined) return [];
    const source = sources.get(`${record.patientId}/${versionId}`);
    return [{ record, isAliased: retired.has(recordKey), ...(source !== undefined && { source }) }];
  });
}

function recordOf({ recordKey, patientId, system, value, facility, ordinal }: ChartRecordRow): ChartRecord {
  return {
    recordKey: recordKey as RecordKey,
    patientId,
    system,
    value,
    facility,
    ...(ordinal !== null && { ordinal }),
  };
}

function byOrdinal(a: ChartRecord, b: ChartRecord): number {
  return (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity) || (a.recordKey < b.recordKey ? -1 : 1);
}
