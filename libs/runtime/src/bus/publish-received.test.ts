import { describe, expect, it } from '@jest/globals';
import type { BusRecord } from '@anamnesis/bus';
import { Rejected, Unavailable } from '@anamnesis/core';
import { publishReceived } from './publish-received.js';

const finding = { rule: 'row-date', location: 'patients.born', text: 'no date' };

function record(name: string, { bytes = 1, statements = 1 } = {}): BusRecord {
  const resources = { name: 'ADT_A01', version: 7, statements: Array(statements).fill({}), warnings: [] };
  return {
    key: 'k',
    header: { name, resources: { ...resources, findings: [finding], tableVersion: 4 } },
    body: new Uint8Array(bytes),
  };
}

/** Publishes to a bus that answers as `judge` does. */
async function publish(publications: readonly (readonly BusRecord[])[], judge: (names: string[], all: object) => void) {
  const calls: string[][] = [];
  const stored: BusRecord[] = [];
  const bus = {
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
    publish: async (_: string, records: readonly BusRecord[]) => {
      const names = records.map(({ header }) => String(header['name']));
      calls.push(names);
      judge(names, records);
      stored.push(...records);
    },
  };
  return { published: await publishReceived(publications, { bus, timeoutMs: 1000, bytesMax: 10 }), calls, stored };
}

const tooLarge = () => {
  throw new Rejected('record-too-large', 'too large');
};

describe('publishing what was received', () => {
  it('takes as few calls as the bytes allow, and parts one message only where it alone has too many', async () => {
    const messages = [
      [record('a', { bytes: 4 }), record('b', { bytes: 4 })],
      [record('c', { bytes: 4 })],
      [record('d', { bytes: 8 }), record('e', { bytes: 8 })],
      [record('f', { bytes: 30 })],
    ];
    const { published, calls } = await publish(messages, () => undefined);
    expect(calls).toEqual([['a', 'b'], ['c'], ['d'], ['e'], ['f']]);
    expect(published).toEqual(['done', 'done', 'done', 'done']);
  });

  it('leaves out of one that is too large what was derived, and keeps what was found', async () => {
    const messages = [[record('a')], [record('b')], [record('c', { statements: 0 })]];
    const { published, stored } = await publish(messages, (names, all) => {
      if (names.includes('b') && JSON.stringify(all).includes('"ADT_A01"')) tooLarge();
    });
    expect(published).toEqual(['done', 'without-resources', 'done']);
    const bare = stored.find(({ header }) => header['name'] === 'b')?.header['resources'];
    expect(bare).toMatchObject({ name: 'unmapped', version: 1, statements: [], findings: [finding], tableVersion: 4 });
    expect((bare as { warnings: string[] }).warnings).toEqual([expect.stringContaining('over the limit')]);
  });

  it('says of one that is too large whatever is left out, and stores the rest', async () => {
    const { published, stored } = await publish([[record('a')], [record('b')]], (names) => {
      if (names.includes('a')) tooLarge();
    });
    expect(published).toEqual(['too-large', 'done']);
    expect(stored).toHaveLength(1);
  });

  it('tries nothing behind one that the bus does not take for now', async () => {
    const messages = ['a', 'b', 'c'].map((name) => [record(name, { bytes: 8 })]);
    const { published, calls } = await publish(messages, (names) => {
      if (names.includes('b')) throw new Unavailable('bus', 'away');
    });
    expect(published).toEqual(['done', 'unavailable', 'unavailable']);
    expect(calls).toEqual([['a'], ['b']]);
  });

  it('tries nothing behind it either when each goes alone, and hides no defect', async () => {
    const messages = ['a', 'b', 'c'].map((name) => [record(name)]);
    const away = await publish(messages, (names) => {
      if (names.length > 1) tooLarge();
      if (names.includes('b')) throw new Unavailable('bus', 'away');
    });
    expect(away.published).toEqual(['done', 'unavailable', 'unavailable']);
    await expect(
      publish(messages, () => {
        throw new TypeError('defect');
      }),
    ).rejects.toThrow(TypeError);
  });
});
