import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type FoundRow, FoundRows } from './found-rows.js';

const rows = Array.from({ length: 20_000 }, (_, number): FoundRow => {
  const keyHash = createHash('sha256').update(String(number)).digest('base64url').slice(0, 22);
  const row = JSON.stringify({ Name: `عاقب ${number}`, Remark: number % 3 ? 'a\ttab and\na line' : null });
  return { keyHash, hash: keyHash.slice(11) + keyHash.slice(0, 11), isNew: number % 4 > 0, key: `[${number}]`, row };
});

it("rows that were found come as they were found, in the order of their keys' hashes and some at a time", () => {
  const found = new FoundRows();
  for (const row of rows) found.add(row);
  expect([found.newCount, found.changedCount]).toEqual([15_000, 5000]);
  const parts = [...found.take()];
  expect(parts.flat()).toEqual([...rows].sort((a, b) => (a.keyHash < b.keyHash ? -1 : 1)));
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(250);
});
