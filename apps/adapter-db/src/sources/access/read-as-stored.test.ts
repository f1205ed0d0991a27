import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import MDBReader from 'mdb-reader';
import { AccessWriter } from '../../../test/access-writer.js';
import { dumpedLine } from '../../../test/dumped-line.js';
import { openAccess } from './access-file.js';
import { AccessTable } from './access-table.js';
import { readAsStored } from './read-as-stored.js';
import { rowValue } from './row-value.js';

const writer = await AccessWriter.start();
const directory = mkdtempSync(join(tmpdir(), 'read-as-stored-'));
afterAll(async () => {
  await writer?.end();
  rmSync(directory, { recursive: true });
});

const valueCount = 300;

(writer ? describe : describe.skip).each(['V2000', 'V2010'])(
  'values read as they are stored in a file of %s',
  (format) => {
    const hospital = writer as AccessWriter;
    const path = join(directory, `${format}.db`);
    const copy = () => Uint8Array.from(readFileSync(path));
    const exact = ['Amount', 'Part', 'Whole', 'At', 'Mark'];

    it('are at the edges and between them what Jackcess reads', async () => {
      await hospital.tell('values', path, format, valueCount);
      await hospital.tell('dump', path, join(directory, 'rows.txt'));
      const theirs = readFileSync(join(directory, 'rows.txt'), 'utf8').split('\n').slice(0, -1);
      const ours = [...new AccessTable(openAccess(copy()), { table: 'Values', key: [] }).rows()];
      expect(ours.map((row) => dumpedLine('Values', row))).toEqual(theirs);
      expect(ours).toHaveLength(valueCount);
      expect(ours.slice(0, 3).map((row) => row['Amount'])).toEqual([
        '-922337203685477.5808',
        '-922337203685477.5807',
        '922337203685477.5807',
      ]);
    });

    it('are what mdb-reader makes of them, digit by digit', () => {
      const bytes = copy();
      const file = openAccess(bytes);
      const stored = file.table('Values');
      const kinds = stored.table.getColumns().filter(({ name }) => exact.includes(name));
      expect(kinds.map(({ type }) => type)).toEqual(['bigint', 'binary', 'binary', 'double', 'binary']);
      const ours = [...new AccessTable(file, { table: 'Values', key: [] }).rows()];
      const theirs = new MDBReader(Buffer.from(copy())).getTable('Values');
      const columns = theirs.getColumns().filter(({ name }) => exact.includes(name));
      const read = theirs.getData({ columns: exact });
      expect(ours.map((row) => exact.map((name) => row[name]))).toEqual(
        read.map((row) => columns.map((column) => rowValue(row[column.name], column))),
      );
    });

    it('leave everything else of the copy as it was', () => {
      const [before, after] = [copy(), copy()];
      const rows = [...new AccessTable(openAccess(after), { table: 'Values', key: [] }).rows()];
      expect(rows).toHaveLength(valueCount);
      expect(after.filter((byte, at) => byte !== before[at])).toHaveLength(exact.length);
    });
  },
);

describe('a definition that is not one', () => {
  it.each([
    ['beyond the end', 9],
    ['of another kind of page', 1],
    ['of another number of columns', 2],
  ])('%s is left as it is', (_, page) => {
    const bytes = new Uint8Array(3 * 4096).fill(7);
    bytes[0x14] = 1;
    bytes.set([2, 1, 0, 0, 0, 0, 0, 0], 2 * 4096);
    const before = Uint8Array.from(bytes);
    expect(readAsStored(bytes, page, 3)).toBe(false);
    expect(bytes).toEqual(before);
  });
});
