import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Content, originalBytes } from '@anamnesis/content';
import { MessageError, parseMessage } from '@anamnesis/hl7v2';
import { longRuns } from './long-runs.js';
import { storeValues } from './store-values.js';
import { takeDocuments, type Taken } from './take-documents.js';

const bytesMin = 64;
const head = 'MSH|^~\\&|LAB|HYD|||20260306091500+0500||ORU^R01^ORU_R01|C1|P|2.5.1\rPID|1||H-77^^^HYD^MR\rOBR|1\r';

async function take(text: string, restBytesMax = 1_000_000): Promise<Taken> {
  const read = (bytes: Uint8Array, detached: readonly { readonly at: number }[]) => parseMessage(bytes, { detached });
  const taken = await takeDocuments(Buffer.from(text, 'latin1'), { bytesMin, restBytesMax, read });
  if (taken === 'too-large' || taken instanceof MessageError) throw new Error('not taken');
  return taken;
}

/** What comes out of the message and the store again. */
async function roundTrip(text: string): Promise<{ readonly text: string; readonly detached: number }> {
  const stored = new Map<string, Buffer>();
  const put = ({ digest, pieces }: Content): Promise<void> => {
    const bytes = Buffer.concat([...(pieces() as Iterable<Uint8Array>)]);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
    stored.set(digest, bytes);
    return Promise.resolve();
  };
  const taken = await take(text);
  const parts = await storeValues(Buffer.from(text, 'latin1'), taken, { put });
  const read = async function* (digest: string) {
    // In pieces that end anywhere.
    const bytes = await Promise.resolve(stored.get(digest) ?? Buffer.alloc(0));
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of originalBytes(taken.message.bytes, parts, read)) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString('latin1'), detached: parts.length };
}

describe('documents taken out of a message', () => {
  it('come back in their places, whatever they are and whatever stands around them', async () => {
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('hex')),
      fc.string({
        unit: fc.constantFrom('A', 'a', '=', ' ', '\\', '.', '&', '^', '~', '|', '\r', '0', '\xe9'),
        maxLength: 300,
      }),
      fc.nat({ max: 200 }).map((length) => 'x'.repeat(length)),
    );
    const encoding = fc.constantFrom('Base64', 'Hex', 'A', '', 'odd');
    const type = fc.constantFrom('ED', 'ED', 'ED', 'TX', 'RP');
    const line = fc
      .tuple(type, encoding, fc.array(value, { minLength: 1, maxLength: 3 }))
      .map(([name, ed4, all]) => `OBX|1|${name}|X||${all.map((one) => `^AP^^${ed4}^${one}`).join('~')}||||||F\r`);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 4 }), async (lines) => {
        const text = head + lines.join('');
        expect((await roundTrip(text)).text).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('are those of ED.5 alone, unless the rest is too large to travel', async () => {
    const long = 'x'.repeat(200);
    const text = `${head}OBX|1|ED|X||^AP^^A^${long}~^AP^^A^short~${long}||||||F\rOBX|2|TX|Y||${long}||||||F\rNTE|1||${long}\r`;
    expect((await take(text)).values.map(({ encoding }) => encoding)).toEqual(['A']);
    expect((await take(text, text.length - 300)).values.map(({ encoding }) => encoding)).toEqual(['A', undefined]);
    await expect(take(text, 100)).rejects.toThrow('not taken');
  });

  it('are known by their place: what stands in the message itself is never taken for one', async () => {
    const { message } = await take(`${head}OBX|1|ED|X||^AP^^A^${'x'.repeat(200)}~^AP^^A^|||||F\r`);
    const repetitions = message.first('OBX')?.field(5).repetitions ?? [];
    expect(repetitions.map((one) => one.component(5).detached !== undefined)).toEqual([true, false]);
    expect(message.first('OBX')?.field(5).isEmpty).toBe(false);
  });
});

describe('long runs', () => {
  it('are all stretches between separators that are long enough', async () => {
    const piece = fc.tuple(fc.nat({ max: 200 }), fc.constantFrom('|', '^', '~', '&', '\r', '\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const text = head + pieces.map(([length, separator]) => 'x'.repeat(length) + separator).join('');
        const expected = [...text.matchAll(/[^|^~&\r\n]+/g)]
          .map((match) => ({ start: match.index, end: match.index + match[0].length }))
          .filter(({ start, end }) => end - start >= bytesMin);
        expect(await longRuns(Buffer.from(text), bytesMin)).toEqual(expected);
      }),
    );
  });
});
