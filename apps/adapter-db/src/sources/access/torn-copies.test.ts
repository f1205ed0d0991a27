import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openAccess } from './access-file.js';
import { AccessTable, type TableSpec } from './access-table.js';
import { compareTable } from './compare-table.js';
import { KnownRows, packKnown } from './known-rows.js';
import { stableRead } from './stable-read.js';

const corpus = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'dbchange/access');
const hasCorpus = existsSync(corpus);
if (!hasCorpus) console.warn('SKIPPED: copies torn between two states, CORPUS_DIR/dbchange is not there');

const pageBytes = 4096;
const nothing = new KnownRows(packKnown([]));
const secret = new Uint8Array(32).fill(7);
const directory = mkdtempSync(join(tmpdir(), 'torn-copies-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

(hasCorpus ? describe : describe.skip).each([
  ['2010', 'accdb'],
  ['2003', 'mdb'],
])('copies of a file of %s that were torn between two states', (year, ending) => {
  const [before, after] = ['v1', 'v2'].map((version) =>
    hasCorpus ? readFileSync(join(corpus, `hospital-${year}-${version}.${ending}`)) : Buffer.alloc(0),
  ) as [Buffer, Buffer];

  it('are not all found out by what they hold: some read well and are wrong', () => {
    const [old, now] = [rowsOf(before), rowsOf(after)];
    const counts = { one: 0, refused: 0, wrong: 0 };
    for (const mix of mixes(before, after)) {
      const rows = rowsOf(mix);
      if (rows === undefined) counts.refused++;
      else if (rows === old || rows === now) counts.one++;
      else counts.wrong++;
    }
    // Both files have the same rows and changes, and their pages are alike.
    expect(counts).toEqual({ one: 12, refused: 14, wrong: 6 });
  });

  it('are broken where the definition of the list of tables is', () => {
    const broken = Uint8Array.from(before);
    // How many of its columns have a variable length.
    broken[2 * pageBytes + 43] = 0;
    expect(() => openAccess(broken).tableNames).toThrow(expect.objectContaining({ code: 'access-unreadable' }));
  });

  it('are never taken while the writer goes on, wherever it is when the copy is begun', async () => {
    const path = join(directory, `hospital.${ending}`);
    const whole = createHash('sha256').update(after).digest('hex');
    for (const begun of cuts(before, after)) {
      writeFileSync(path, mixed(after, before, begun));
      const writing = writeOn(path, { before, after, begun });
      const { digest } = await stableRead(path, reading, new AbortController().signal);
      expect([begun, digest, writing.isDone]).toEqual([begun, whole, true]);
    }
  });
});

const reading = { quietMs: 4, lockedQuietMs: 4, readsMax: 1000, fileBytesMax: 64 * 1024 * 1024 };

/** Page after page, at least one in each quiet time, as a program does that saves. */
function writeOn(path: string, { before, after, begun }: { before: Buffer; after: Buffer; begun: number }) {
  const progress = { isDone: false };
  const file = openSync(path, 'r+');
  const left = cuts(before, after).filter((cut) => cut > begun);
  const writing = setInterval(() => {
    const cut = left.shift();
    if (cut !== undefined) {
      writeSync(file, after, (cut - 1) * pageBytes, pageBytes, (cut - 1) * pageBytes);
      return;
    }
    clearInterval(writing);
    closeSync(file);
    progress.isDone = true;
  }, 1);
  return progress;
}

/** Numbers of pages to cut behind: those that are not alike in both. Between them it is the same mix. */
function cuts(before: Buffer, after: Buffer): readonly number[] {
  const pageOf = (file: Buffer, page: number) => file.subarray((page - 1) * pageBytes, page * pageBytes);
  const all = Array.from({ length: Math.ceil(after.length / pageBytes) }, (_, at) => at + 1);
  return all.filter((page) => !pageOf(before, page).equals(pageOf(after, page)));
}

/** The first pages of one state, the rest of the other. */
function mixed(first: Buffer, rest: Buffer, page: number): Buffer {
  return Buffer.concat([first.subarray(0, page * pageBytes), rest.subarray(page * pageBytes)]);
}

function* mixes(before: Buffer, after: Buffer): Generator<Buffer> {
  for (const cut of cuts(before, after)) {
    yield mixed(before, after, cut);
    yield mixed(after, before, cut);
  }
}

/** Hashes of all rows; undefined: the copy is refused. */
function rowsOf(copy: Buffer): string | undefined {
  try {
    const database = openAccess(new Uint8Array(copy));
    return specs()
      .flatMap((spec) => [...compareTable(new AccessTable(database, spec), nothing, secret).found.take()].flat())
      .map(({ hash }) => hash)
      .join();
  } catch {
    return undefined;
  }
}

function specs(): TableSpec[] {
  const { spec } = JSON.parse(readFileSync(join(corpus, 'expected-changes.json'), 'utf8')) as {
    spec: Record<string, { readonly key?: readonly string[] }>;
  };
  return Object.entries(spec).map(([table, { key = [] }]) => ({ table, key }));
}
