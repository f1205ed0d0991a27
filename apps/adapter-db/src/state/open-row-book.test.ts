import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openRowBook } from './open-row-book.js';

const directory = mkdtempSync(join(tmpdir(), 'open-row-book-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
const secret = new Uint8Array(32).fill(7);

describe('the book of a source', () => {
  it('is of one owner, and the next one is told so', () => {
    const file = join(directory, 'rows.db');
    const book = openRowBook(file, secret);
    expect(() => openRowBook(file, secret)).toThrow(expect.objectContaining({ code: 'book-in-use' }));
    book.close();
    openRowBook(file, secret).close();
  });

  it('is named where it is no book', () => {
    const file = join(directory, 'other.db');
    writeFileSync(file, 'something else '.repeat(100));
    expect(() => openRowBook(file, secret)).toThrow(
      expect.objectContaining({ code: 'book-unusable', message: `${file} cannot be opened (SQLITE_NOTADB)` }),
    );
  });
});
