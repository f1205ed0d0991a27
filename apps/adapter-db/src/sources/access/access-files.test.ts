import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson, type Row } from '@anamnesis/core';
import { openAccess } from './access-file.js';
import { AccessTable, type TableSpec } from './access-table.js';
import { compareTable } from './compare-table.js';
import type { FoundRow } from './found-rows.js';
import { KnownRows, packKnown } from './known-rows.js';

const corpus = process.env['CORPUS_DIR'] ?? '../shared/corpus';
const hasCorpus = existsSync(join(corpus, 'access'));
if (!hasCorpus) console.warn('SKIPPED: Access files of others, CORPUS_DIR/access is not there');

const secret = new Uint8Array(32).fill(7);
const nothing = new KnownRows(packKnown([]));
const inFolder = (name: string) => new Uint8Array(readFileSync(join(corpus, name)));

/** File, password, rows by table; or the reason of a refusal. */
const files: readonly (readonly [string, string | undefined, Record<string, number> | string])[] = [
  ['access/jackcess/compIndexTestV2000.mdb', undefined, { Table1: 512 }],
  ['access/jackcess/complexDataTestV2007.accdb', undefined, { Table1: 4 }],
  ['access/jackcess/indexTestV1997.mdb', undefined, { Table1: 4, Table2: 3, Table3: 4 }],
  ['access/jackcess/oldDatesV2007.accdb', undefined, { Table1: 4 }],
  ['access/jackcess/overflowTestV2010.accdb', undefined, { Table1: 7 }],
  ['access/jackcess/queryTestV2003.mdb', undefined, { Table1: 0, Table2: 0, Table3: 0 }],
  ['access/jackcess/test2V2000.mdb', undefined, { MSP_PROJECTS: 1 }],
  ['access/jackcess/test2V2007.accdb', undefined, { MSP_PROJECTS: 1 }],
  ['access/jackcess/testUnicodeCompV2003.mdb', undefined, { Table: 8 }],
  ['access/mdb-reader/V2003__numeric.mdb', undefined, { test: 1 }],
  ['access/mdb-reader/V2016__attachments.accdb', undefined, { Table1: 3 }],
  ['access/mdb-reader/V2016__longtext.accdb', undefined, { Table1: 1 }],
  ['access/mdb-reader/password__V2000_with-password.mdb', 'password', { Table1: 3 }],
  ['access/mdb-reader/password__V2000_with-password.mdb', undefined, 'access-password'],
  ['access/mdb-reader/password__V2000_with-password.mdb', 'wrong', 'access-password'],
  ['access/mdb-reader/password__V2010_with-password.accdb', 'password', { Table1: 3 }],
  ['access/mdb-reader/password__V2010_with-password.accdb', undefined, 'access-password'],
  ['access/jackcess/LICENSE.txt', undefined, 'access-unreadable'],
];

(hasCorpus ? describe : describe.skip)('Access files of others', () => {
  it.each(files)('%s with password %s gives %j', (name, password, expected) => {
    if (typeof expected === 'string') {
      expect(() => openAccess(inFolder(name), password)).toThrow(expect.objectContaining({ code: expected }));
      return;
    }
    const database = openAccess(inFolder(name), password);
    const counts = database.tableNames.map((table) => {
      const rows = compareTable(new AccessTable(database, { table, key: [] }), nothing, secret).rowCount;
      return [table, rows] as const;
    });
    expect(Object.fromEntries(counts)).toEqual(expected);
  });

  it('gives dates of centuries ago as they are stored', () => {
    const database = openAccess(inFolder('access/jackcess/oldDatesV2007.accdb'));
    const rows = [...new AccessTable(database, { table: 'Table1', key: ['ID'] }).rows()];
    const dates = ['1582-10-15', '1582-10-14', '1492-01-10', '1392-01-10'];
    expect(rows.map((row) => row['DateField'])).toEqual(dates.map((date) => `${date} 00:00:00`));
  });

  it('leaves out what no value of a row can hold, and says so', () => {
    const database = openAccess(inFolder('access/mdb-reader/V2016__attachments.accdb'));
    const table = new AccessTable(database, { table: 'Table1', key: ['ID'] });
    expect(table.skipped).toHaveLength(1);
    expect([...table.rows()].map((row) => Object.keys(row))).toEqual(
      Array(3).fill(table.shape.map(({ name }) => name)),
    );
  });

  it.each(['2010-v1.accdb', '2010-v2.accdb', '2003-v1.mdb', '2003-v2.mdb'])(
    'hospital-%s holds what it should',
    (file) => {
      const database = openAccess(inFolder(`dbchange/access/hospital-${file}`));
      const expected = file.includes('-v1') ? expectedChanges.rowsV1 : expectedChanges.rowsV2;
      const counts = specs().map((spec) => {
        const { rowCount } = compareTable(new AccessTable(database, spec), nothing, secret);
        return [spec.table, rowCount] as const;
      });
      expect(Object.fromEntries(counts)).toEqual(expected);
    },
  );

  it.each([
    ['2010', 'accdb'],
    ['2003', 'mdb'],
  ])('finds in the files of %s exactly the changes that were made', (year, ending) => {
    const versions = ['v1', 'v2'].map((version) => {
      const database = openAccess(inFolder(`dbchange/access/hospital-${year}-${version}.${ending}`));
      return specs().map((spec) => ({ spec, table: new AccessTable(database, spec) }));
    });
    const [before = [], after = []] = versions;
    const got = before.flatMap(({ spec, table }, at) => {
      const old = [...compareTable(table, nothing, secret).found.take()].flat();
      const now = compareTable(after[at]?.table ?? table, knownOf(old), secret);
      const rows = new Map(old.map(({ keyHash, row }) => [keyHash, row]));
      const changes = [...now.found.take()].flat().map(({ keyHash, isNew, row }) => ({
        op: isNew ? 'c' : 'u',
        before: rows.get(keyHash) ?? null,
        after: row,
      }));
      const gone = now.gone.map((keyHash) => ({ op: 'd', before: rows.get(keyHash) ?? null, after: null }));
      return [...changes, ...gone].map(({ op, ...sides }) => ({
        ...{ op, table: spec.table },
        before: rowOf(sides.before),
        after: rowOf(sides.after),
      }));
    });
    const wanted = expectedChanges.changes.map(({ op, table, before: old, after: now }) => {
      return { op, table, before: inOurTerms(old), after: inOurTerms(now) };
    });
    expect(got).toHaveLength(12);
    expect(sorted(got)).toEqual(sorted(wanted));
  });
});

interface Expected {
  readonly spec: Record<string, { readonly key?: readonly string[] }>;
  readonly rowsV1: Record<string, number>;
  readonly rowsV2: Record<string, number>;
  readonly changes: readonly { op: string; table: string; before: Row | null; after: Row | null }[];
}

const expectedChanges = (
  hasCorpus
    ? JSON.parse(readFileSync(join(corpus, 'dbchange/access/expected-changes.json'), 'utf8'))
    : { spec: {}, changes: [] }
) as Expected;

function specs(): TableSpec[] {
  return Object.entries(expectedChanges.spec).map(([table, { key = [] }]) => ({ table, key }));
}

function knownOf(found: readonly FoundRow[]): KnownRows {
  return new KnownRows(packKnown(found.map(({ keyHash, hash }) => [keyHash, hash, null])));
}

function rowOf(text: string | null): Row | null {
  return text === null ? null : (JSON.parse(text) as Row);
}

/** The fixture writes times with `T`, and a single as the double that it widens to. */
function inOurTerms(row: Row | null): Row | null {
  if (row === null) return null;
  const values = Object.entries(row).map(([name, value]) => {
    if (typeof value === 'string') return [name, value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)$/, '$1 $2')];
    return [name, name === 'RefHigh' && typeof value === 'number' ? Number(Math.fround(value).toPrecision(7)) : value];
  });
  return Object.fromEntries(values) as Row;
}

function sorted(changes: readonly object[]): string[] {
  return changes.map((one) => canonicalJson(one)).sort();
}
