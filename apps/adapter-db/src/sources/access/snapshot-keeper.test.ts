import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hashOfKey, hashOfRow } from './row-hash.js';
import { sealRow } from './sealed-row.js';
import { SnapshotBook } from './snapshot-book.js';
import { SnapshotKeeper } from './snapshot-keeper.js';

describe('what a snapshot keeps', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anamnesis-keeper-'));
  let book: SnapshotBook;

  beforeEach(() => {
    book = new SnapshotBook(join(directory, 'book.db'), Buffer.alloc(32, 7));
  });
  afterEach(() => {
    book.close();
    rmSync(directory, { recursive: true });
  });

  const hashOf = (key: string) => hashOfKey(book.secrets.hash, 'Persons', key);
  const rowOf = (key: string) => {
    const row = `{"Number":${key.slice(1, -1)}}`;
    const texts = { keyHash: hashOf(key), key, row };
    const sealed = sealRow(book.secrets.seal, 'Persons', texts);
    return { ...texts, hash: hashOfRow(book.secrets.hash, 'Persons', row), sealed, isNew: true };
  };
  const keep = (...keys: readonly string[]) => {
    const keeper = new SnapshotKeeper(book, { number: book.begin(), at: '2026-01-01T00:00:00.000Z', before: {} });
    for (const key of keys) keeper.found('Persons', rowOf(key));
    keeper.flush();
    return keeper;
  };

  it('is that a row is gone, but not one whose key became text', () => {
    keep('[5]', '[6]');
    const next = keep('["5"]');
    for (const key of ['[5]', '[6]']) next.gone('Persons', hashOf(key));
    next.flush();
    expect(next.counts).toEqual({ r: 1, u: 0, d: 1 });
    expect(['[5]', '[6]', '["5"]'].map((key) => book.find('Persons', hashOf(key))?.key)).toEqual([
      undefined,
      undefined,
      ['5'],
    ]);
  });
});
