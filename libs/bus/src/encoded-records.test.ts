import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodedRecords, encodeTogether } from './encoded-records.js';
import { decodeRecord, encodeRecord } from './record-codec.js';

describe('records that were encoded where they were made', () => {
  const anyRecord = fc.record({
    ...{ key: fc.string(), body: fc.string({ unit: 'binary' }) },
    header: fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { noNullPrototype: true }),
  });

  it('are the bytes that the same records would be, and read like them', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 5 }), (written) => {
        const records = encodedRecords(
          encodeTogether(written.map(({ key, header, body }) => ({ key, header: JSON.stringify(header), body }))),
        );
        expect(records.map(({ key, header, body }) => ({ key, header, body: Buffer.from(body).toString() }))).toEqual(
          written.map(({ key, header, body }) => ({ key, header, body })),
        );
        for (const [at, { header, body }] of written.entries()) {
          const plain = encodeRecord({ header, body: Buffer.from(body) });
          expect(Buffer.compare(encodeRecord(records[at] ?? { header: {}, body: plain }), plain)).toBe(0);
        }
      }),
    );
  });

  it('are refused over the limit, each by itself', () => {
    const text = { header: '{}', body: 'x'.repeat(100) };
    const [small, large] = encodedRecords(
      encodeTogether([
        { key: 'a', header: '{}', body: 'x' },
        { key: 'b', ...text },
      ]),
    );
    expect(decodeRecord(encodeRecord(small ?? { header: {}, body: new Uint8Array() }, 50)).header).toEqual({});
    expect(() => encodeRecord(large ?? { header: {}, body: new Uint8Array() }, 50)).toThrow(/bytes, at most 50/);
  });
});
