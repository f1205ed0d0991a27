import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/messages.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';

let adapter: RunningAdapter;

beforeEach(async () => {
  adapter = await RunningAdapter.start({ CONTACT_RETRY_MS: '0' });
});
afterEach(() => adapter.dispose());

describe('a large message', () => {
  const documentOf = (sizeBytes: number) =>
    `OBX|1|ED|18842-5^Discharge summary^LN||^AP^^Base64^${'QUJD'.repeat(sizeBytes / 4)}||||||F`;
  const letter = (controlId: string, sizeBytes: number) =>
    messageOf({ type: 'ORU^R01^ORU_R01', controlId, more: ['OBR|1||L1|18842-5^Summary^LN', documentOf(sizeBytes)] });

  it('is kept byte for byte, without what was derived from it when the bus cannot take both', async () => {
    const sender = await adapter.connect();
    const text = letter('L1', 15_900_000);
    sender.send(messageOf({ controlId: 'A' }), text, messageOf({ controlId: 'B' }));
    expect((await sender.answered(3)).map((one) => msa(one).code)).toEqual(['AA', 'AA', 'AA']);
    const records = await adapter.records('clinical.received');
    const large = records.filter(({ body }) => body.length > 1_000_000);
    expect(large.map(({ body }) => Buffer.compare(body, Buffer.from(text)))).toEqual([0]);
    expect((await adapter.events()).map(({ source }) => source.messageId)).toEqual(['A', 'L1', 'B']);
  });

  it('is one of many, and memory stays bounded', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => adapter.connect()));
    const before = process.memoryUsage().rss;
    for (const [n, sender] of all.entries()) sender.send(letter(`L${n}`, 15_000_000));
    for (const [n, sender] of all.entries()) {
      // A slow disk makes a sender wait: AR, and the same bytes again.
      for (let answers = 1; msa((await sender.answered(answers))[answers - 1] ?? '').code !== 'AA'; answers++) {
        expect(msa((await sender.answered(answers))[answers - 1] ?? '').code).toBe('AR');
        sender.send(letter(`L${n}`, 15_000_000));
      }
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(900 * 1024 * 1024);
    expect(await adapter.metric('mllp_held_bytes')).toBeLessThan(160 * 1024 * 1024);
  });
});
