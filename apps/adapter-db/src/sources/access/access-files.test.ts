import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Row } from '@anamnesis/core';
import { AccessTable, openAccess, type TableSpec, tableNames } from './access-tables.js';
import { compareTable, type KnownRows } from './compare-table.js';

const corpus = process.env['CORPUS_DIR'] ?? '../shared/corpus';
const hasCorpus = existsSync(join(corpus, 'access'));
if (!hasCorpus) console.warn('SKIPPED: Access files of others, CORPUS_DIR/access is not there');

const secret = new Uint8Array(32).fill(7);
const nothing: KnownRows = new Map();
const inFolder = (name: string) => new Uint8Array(readFileSync(join(corpus, name)));

/** File, password, rows by table; or the reason of a refusal. */
const files: readonly (readonly [string, string | undefined, Record<string, number> | string])[] = [
  ['access/jackcess/compIndexTestV2000.mdb', undefined, { Table1: 512 }],
  ['access/jackcess/complexDataTestV2007.accdb', undefined, { Table1: 5 }],
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
  ['access/mdb-reader/password__V2010_with-password.accdb', 'wrong', 'access-password'],
  ['access/jackcess/LICENSE.txt', undefined, 'access-unreadable'],
];

(hasCorpus ? describe : describe.skip)('Access files of others', () => {
  it.each(files)('%s with password %s gives %j', (name, password, expected) => {
    if (typeof expected === 'string') {
      expect(() => openAccess(inFolder(name), password)).toThrow(expect.objectContaining({ code: expected }));
      return;
    }
    const database = openAccess(inFolder(name), password);
    const counts = tableNames(database).map((table) => {
      const rows = compareTable(new AccessTable(database, { table, key: [] }), nothing, secret).rowCount;
      return [table, rows] as const;
    });
    expect(Object.fromEntries(counts)).toEqual(expected);
  });

  it('gives dates before 1899-12-30 as they are stored, time of day and all', () => {
    const database = openAccess(inFolder('access/jackcess/oldDatesV2007.accdb'));
    const rows = [...new AccessTable(database, { table: 'Table1', key: [] }).rows()];
    console.log(rows);
  });

  it('leaves out what no value of a row can hold, and says so', () => {
    const database = openAccess(inFolder('access/mdb-reader/V2016__attachments.accdb'));
    const table = new AccessTable(database, { table: 'Table1', key: ['ID'] });
    expect(table.skipped).toHaveLength(1);
    expect([...table.rows()].map((row) => Object.keys(row))).toEqual(Array(3).fill(table.shape.map(({ name }) => name)));
  });
});
