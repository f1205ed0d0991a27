import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { AccessWriter } from '../../../test/access-writer.js';
import { dumpedLine } from '../../../test/dumped-line.js';
import { openAccess } from './access-file.js';
import { AccessTable } from './access-table.js';

const corpus = resolve(process.env['CORPUS_DIR'] ?? '../shared/corpus');
const hasCorpus = existsSync(join(corpus, 'access'));
if (!hasCorpus) console.warn('SKIPPED: Access files read by two readers, CORPUS_DIR/access is not there');

const writer = hasCorpus ? await AccessWriter.start() : undefined;
const directory = mkdtempSync(join(tmpdir(), 'second-reader-'));
afterAll(async () => {
  await writer?.end();
  rmSync(directory, { recursive: true });
});

(writer ? describe : describe.skip)('every value of an Access file', () => {
  const second = writer as AccessWriter;

  it.each([
    ['access/jackcess/compIndexTestV2000.mdb', 512],
    ['access/jackcess/complexDataTestV2007.accdb', 4],
    ['access/jackcess/indexTestV1997.mdb', 11],
    ['access/jackcess/oldDatesV2007.accdb', 4],
    ['access/jackcess/overflowTestV2010.accdb', 7],
    ['access/jackcess/test2V2000.mdb', 1],
    ['access/jackcess/test2V2007.accdb', 1],
    ['access/jackcess/testUnicodeCompV2003.mdb', 8],
    ['access/mdb-reader/V2003__numeric.mdb', 1],
    ['access/mdb-reader/V2016__attachments.accdb', 3],
    ['access/mdb-reader/V2016__longtext.accdb', 1],
    ['dbchange/access/hospital-2003-v2.mdb', 70],
    ['dbchange/access/hospital-2010-v2.accdb', 70],
  ])('is what Jackcess reads: %s', async (name, rows) => {
    const target = join(directory, 'rows.txt');
    await second.tell('dump', join(corpus, name), target);
    const theirs = readFileSync(target, 'utf8').split('\n').slice(0, -1).sort();
    const database = openAccess(new Uint8Array(readFileSync(join(corpus, name))));
    const ours = database.tableNames.flatMap((table) => {
      const one = new AccessTable(database, { table, key: [] });
      return [...one.rows()].map((row) => dumpedLine(table, row));
    });
    expect(ours.sort()).toEqual(theirs);
    expect(ours).toHaveLength(rows);
  });
});
