import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashLength, type KnownHashes, KnownRows, packKnown } from './known-rows.js';

/** As hashes are made; those of one first letter begin alike. */
const hashOf = (text: string, start = ''): string =>
  (start + createHash('sha256').update(text).digest('base64url')).slice(0, hashLength);
const keys = fc.uniqueArray(
  fc.tuple(fc.nat(400), fc.constantFrom('', 'Same-start')).map(([n, s]) => hashOf(`${n}`, s)),
);

describe('packed hashes of known rows', () => {
  it('give back each row by the hash of its key, and nothing for any other', () => {
    fc.assert(
      fc.property(keys, keys, (here, asked) => {
        const rows = [...here].sort().map((key, at): KnownHashes => [key, hashOf(key), at % 2 ? hashOf('old') : null]);
        const known = new KnownRows(packKnown(rows));
        expect(known.count).toBe(rows.length);
        for (const [key, hash, previous] of rows) {
          const at = known.find(key) ?? -1;
          expect([known.key(at), known.hash(at), known.previous(at)]).toEqual([key, hash, previous]);
        }
        for (const key of asked) expect(known.find(key) !== undefined).toBe(here.includes(key));
      }),
    );
  });
});
