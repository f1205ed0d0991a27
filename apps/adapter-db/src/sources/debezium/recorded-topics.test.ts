import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Row, RowChange } from '@anamnesis/core';
import { decode, type DecodeOptions } from './decode.js';
import type { FieldTypes } from './read-envelope.js';

const corpus = process.env['CORPUS_DIR'] ?? '../shared/corpus';
const hasCorpus = existsSync(join(corpus, 'dbchange/debezium'));
if (!hasCorpus) console.warn('SKIPPED: recorded Debezium topics, CORPUS_DIR/dbchange is not there');

const debezium = 'io.debezium.';
const connect = 'org.apache.kafka.connect.data.';
const I = `${debezium}time.`;
const byName = (types: Record<string, string>): FieldTypes =>
  Object.fromEntries(Object.entries(types).map(([column, name]) => [column, { name }]));
const bits = `${debezium}data.Bits`;
/** What each connector's settings lose, and the types that its records do not tell. */
const variants: Record<string, { lost: readonly string[]; noBefore?: true; declared?: Record<string, FieldTypes> }> = {
  mfull: { lost: ['visit_id'] },
  mlean: {
    lost: ['collected_at', 'discharged_at', 'at_time'],
    declared: {
      patients: byName({ birth_date: `${connect}Date`, updated_at: `${I}ZonedTimestamp` }),
      visits: byName({
        visit_id: 'unsigned',
        admitted_at: `${connect}Timestamp`,
        discharged_at: `${connect}Timestamp`,
        flags: bits,
      }),
      lab_results: byName({ visit_id: 'unsigned', collected_at: `${connect}Timestamp`, attachment: 'bytes' }),
    },
  },
  mflat: {
    ...{ lost: ['visit_id', 'at_time', 'balance', 'value_num'], noBefore: true },
    declared: {
      patients: byName({ birth_date: `${I}IsoDate`, updated_at: `${I}ZonedTimestamp` }),
      visits: byName({ admitted_at: `${I}IsoTimestamp`, discharged_at: `${I}IsoTimestamp`, flags: bits }),
      lab_results: byName({ collected_at: `${I}IsoTimestamp`, attachment: 'bytes' }),
    },
  },
  mce: {
    lost: ['visit_id', 'at_time', 'balance', 'value_num'],
    declared: {
      patients: byName({ birth_date: `${connect}Date`, updated_at: `${I}ZonedTimestamp` }),
      visits: byName({ admitted_at: `${I}Timestamp`, discharged_at: `${I}MicroTimestamp`, flags: bits }),
      lab_results: byName({ collected_at: `${I}MicroTimestamp`, attachment: 'bytes' }),
    },
  },
};
/** `schema.sql`, `seed.sql` and `changes.sql` of the corpus, as changes of rows. */
const amina = {
  ...{
    patient_id: 1,
    mrn: 'MR-0001',
    name_en: 'Amina Yusuf',
    name_local: 'آمنہ یوسف',
    gender: 'F',
    tags: '["vip","diabetes"]',
  },
  ...{ birth_date: '1984-03-12', phone: '+92-300-5550101', deceased: false, balance: '0.00' },
  ...{ uid: '123e4567-e89b-12d3-a456-426655440000', updated_at: '2026-01-05T08:00:00Z' },
};
const kyaw = {
  ...{ patient_id: 2, mrn: 'MR-0002', name_en: 'Kyaw Min Thu', name_local: 'ကျော်မင်းသူ', gender: 'M', tags: null },
  ...{ birth_date: '1971-11-30', phone: null, deceased: false, balance: '1250.50', uid: null },
  updated_at: '2026-01-05T08:05:00.25Z',
};
const bilal = {
  ...{ patient_id: 4, mrn: 'MR-0004', name_en: 'Bilal Ahmed', name_local: null, gender: 'M', tags: null },
  ...{ birth_date: '2001-02-28', phone: null, deceased: false, balance: '-99.99', uid: null },
  updated_at: '2026-01-07T10:00:00.123456Z',
};
const noVisit = { ward: null, discharged_at: null, wait: null, at_time: null, notes: null };
const stay = { ...noVisit, visit_id: 2001, patient_id: 1, visit_class: 'IPD', admitted_at: '2026-01-08 08:00:00' };
const glucose = {
  ...{ result_id: 2, visit_id: 1001, test_code: '2345-7', value_text: null, unit: 'mg/dL', ratio: 0.1, score: 0.1 },
  ...{ value_num: '112.5', collected_at: '2026-01-05T09:15:00.123456Z', raw: '{"a": 12345678901234567890}' },
  attachment: { base64: 'AP8=' },
};
const { notes: _untold, ...moved } = { ...stay, ward: 'Ward 9' };
const doneToPostgres: Record<string, readonly { op: string; key: string | number; after?: Row }[]> = {
  patients: [
    { op: 'r', key: 1, after: amina },
    { op: 'r', key: 2, after: kyaw },
    { op: 'c', key: 4, after: bilal },
    { op: 'u', key: 1, after: { ...amina, phone: '+92-300-5550199' } },
    { op: 'u', key: 2, after: { ...kyaw, email: 'kyaw@example.org' } },
    { op: 'd', key: 4 },
    { op: 'c', key: 40, after: { ...bilal, patient_id: 40, email: null } },
  ],
  visits: [
    {
      ...{ op: 'r', key: 1001 },
      after: {
        ...{ visit_id: 1001, patient_id: 1, visit_class: 'OPD', ward: 'General', notes: null, discharged_at: null },
        ...{ admitted_at: '2026-01-05 09:00:00.5', wait: 93_784_500_000, at_time: '23:59:59.999999' },
      },
    },
    {
      ...{ op: 'c', key: '9223372036854775807' },
      after: {
        ...noVisit,
        ...{ visit_id: '9223372036854775807', patient_id: 4, visit_class: 'ER ', admitted_at: '2026-01-07 10:01:00' },
      },
    },
    { op: 'd', key: 1001 },
    { op: 'c', key: 2001, after: { ...stay, notes: longText() } },
    { op: 'u', key: 2001, after: moved },
    { op: 'd', key: 2001 },
  ],
  lab_results: [
    { op: 'r', key: 2, after: glucose },
    {
      ...{ op: 'c', key: 3 },
      after: {
        ...{ result_id: 3, visit_id: '9223372036854775807', test_code: '2951-2', value_text: null, unit: null },
        ...{ value_num: '123456789012345678901234.0001', collected_at: '2026-01-07T04:35:00Z' },
        ...{ raw: null, attachment: null, ratio: null, score: null },
      },
    },
    { op: 'u', key: 2, after: { ...glucose, value_num: '113' } },
    { op: 'd', key: 2 },
  ],
};
const postgresVariants: Record<string, { lost: readonly string[]; declared: Record<string, FieldTypes> }> = {
  pfull: { lost: [], declared: {} },
  // Milliseconds, intervals as text, bytes as hexadecimal text; `numeric` keeps the zeros that it was written with.
  plean: {
    lost: ['wait', 'at_time', 'attachment', 'value_num'],
    declared: {
      patients: byName({ birth_date: `${connect}Date`, updated_at: `${I}ZonedTimestamp` }),
      visits: byName({ admitted_at: `${connect}Timestamp`, discharged_at: `${connect}Timestamp` }),
      lab_results: byName({ collected_at: `${I}ZonedTimestamp` }),
    },
  },
};
const tables = { patients: 'patient_id', visits: 'visit_id', lab_results: 'result_id', access_log: 'log_id' };

(hasCorpus ? describe : describe.skip)('recorded topics', () => {
  describe.each(Object.entries(variants))('of %s', (prefix, { lost, noBefore, declared = {} }) => {
    it.each(Object.entries(tables))('tell of %s what the binary log told', (table, keyColumn) => {
      const got = changesOf(`${prefix}.hospital.${table}`, { declared });
      const wanted = expectedOf(table);
      expect(new Set(got.map(({ key, position, op }) => JSON.stringify([key, position, op]))).size).toBe(got.length);
      const cut = (row: Row | null | undefined) =>
        row &&
        Object.fromEntries(
          Object.entries(row).filter(([name, value]) => !lost.includes(name) && !(name === 'email' && value === null)),
        );
      const sides = ({ op, before, after }: Sides) => ({
        ...{ op, after: cut(after) ?? null },
        ...(!noBefore && { before: cut(before) ?? null }),
      });
      expect(inOrder(got.map(sides), keyColumn)).toEqual(inOrder(wanted.map(sides), keyColumn));
    });
  });

  describe.each(Object.entries(postgresVariants))('of %s', (prefix, { lost, declared }) => {
    it('tell what was done to the PostgreSQL tables, exactly, and of a deleted row its key', () => {
      const cut = (row: Row | undefined) => row && without(row, lost);
      for (const [table, wanted] of Object.entries(doneToPostgres)) {
        const got = onceEach(changesOf(`${prefix}.public.${table}`, { declared }));
        expect(got.map(({ op, key }) => [op, key])).toEqual(wanted.map(({ op, key }) => [op, [key]]));
        for (const [at, { op, before, after }] of got.entries()) {
          expect(cut(after)).toEqual(cut(wanted[at]?.after));
          if (op === 'd' && table !== 'lab_results') expect(before).toEqual({ [idOf(table)]: wanted[at]?.key });
        }
      }
    });

    it('tell as the same change what the connector sent twice', () => {
      const visits = changesOf(`${prefix}.public.visits`, { declared });
      const ids = visits.map(({ op, key, position }) => JSON.stringify([op, key, position]));
      expect([visits.length, new Set(ids).size, onceEach(visits).length]).toEqual([9, 6, 6]);
    });
  });

  it('all of them are a change of a row, or say why they are none', () => {
    const counts: Record<string, number> = {};
    for (const name of readdirSync(join(corpus, 'dbchange/debezium')).filter((one) => one.endsWith('.ndjson')))
      for (const record of recordsOf(name.slice(0, -7))) {
        const decoded = decode(record);
        const isOfRows = /^\w+\.(hospital|public)\./.test(name);
        if (!isOfRows) expect(decoded.kind).toBe('ignored');
        const what = 'why' in decoded ? `${decoded.kind} ${decoded.why}` : decoded.kind;
        counts[what] = (counts[what] ?? 0) + 1;
      }
    expect(counts).toEqual({ change: 128, 'ignored no-change': 100, 'ignored tombstone': 35 });
  });
});

interface Sides {
  readonly op: string;
  readonly before?: Row | null | undefined;
  readonly after?: Row | null | undefined;
}

function recordsOf(topic: string) {
  const lines = readFileSync(join(corpus, 'dbchange/debezium', `${topic}.ndjson`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const { key, value, timestamp } = JSON.parse(line) as {
      key: string | null;
      value: string | null;
      timestamp: number;
    };
    return { key, value, timestampMs: timestamp };
  });
}

function changesOf(topic: string, options: DecodeOptions = {}): RowChange[] {
  return recordsOf(topic).flatMap((record) => {
    const decoded = decode(record, options);
    return decoded.kind === 'change' ? [decoded.change] : [];
  });
}

/** Of the binary log; a changed key is two changes here. */
function expectedOf(table: string): Sides[] {
  interface Event extends Sides {
    readonly table: string;
    readonly keyBefore?: unknown;
  }
  const file = readFileSync(join(corpus, 'dbchange/mysql-hospital/expected-events.json'), 'utf8');
  const { snapshot, events } = JSON.parse(file) as { snapshot: Event[]; events: Event[] };
  const rows = snapshot.filter((one) => one.table === table).map(({ after }) => ({ op: 'r', before: null, after }));
  const changes = events
    .filter((one) => one.table === table)
    .flatMap((one): Sides[] => {
      if (one.keyBefore === undefined || one.keyBefore === null) return [one];
      return [
        { op: 'd', before: one.before, after: null },
        { op: 'c', before: null, after: one.after },
      ];
    });
  return [...rows, ...changes];
}

/** Snapshot rows come in any order. */
function inOrder<Change extends Sides>(changes: readonly Change[], keyColumn: string): Change[] {
  const isRead = ({ op }: Change) => op === 'r';
  const keyText = ({ after }: Change) => JSON.stringify(after?.[keyColumn] ?? after ?? null).padStart(40);
  const read = changes.filter(isRead).sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  return [...read, ...changes.filter((one) => !isRead(one))];
}

function without(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)));
}

/** What has the same key and position is one event, however often it was sent. */
function onceEach(changes: readonly RowChange[]): RowChange[] {
  return [...new Map(changes.map((one) => [JSON.stringify(one), one])).values()];
}

function idOf(table: string): string {
  return table === 'patients' ? 'patient_id' : 'visit_id';
}

/** Too long to be told again when another column of its row changes. */
function longText(): string {
  return Array.from({ length: 100 }, (_, at) =>
    createHash('md5')
      .update(String(at + 1))
      .digest('hex'),
  ).join('');
}
