import { describe, expect, it } from '@jest/globals';
import { inParts } from './in-parts.js';

describe('inParts', () => {
  it('takes what was made in its order, part by part, however long each takes', async () => {
    const parts: (readonly number[])[] = [];
    const late: (() => void)[] = [];
    await inParts([1, 2, 3, 4, 5], {
      size: 2,
      aheadMax: 4,
      // The first of all is finished last.
      make: async (part) => {
        if (part.includes(1)) await new Promise<void>((resolve) => late.push(resolve));
        if (part.includes(5)) for (const resolve of late) resolve();
        return part.map((item) => item * 10);
      },
      take: async (part) => {
        await Promise.resolve();
        parts.push(part);
      },
    });
    expect(parts).toEqual([[10, 20], [30, 40], [50]]);
  });

  it('makes the next part while one is taken', async () => {
    const events: string[] = [];
    let isMade = (): void => undefined;
    await inParts([1, 2], {
      size: 1,
      aheadMax: 4,
      make: (part) => {
        events.push(`make ${part.join()}`);
        if (part.includes(2)) isMade();
        return Promise.resolve(part);
      },
      take: async (part) => {
        if (part[0] === 1) await new Promise<void>((resolve) => (isMade = resolve));
        events.push(`took ${part.join()}`);
      },
    });
    expect(events).toEqual(['make 1', 'make 2', 'took 1', 'took 2']);
  });

  it('makes no more than so many parts ahead of the one that is taken', async () => {
    let ahead = 0;
    let most = 0;
    await inParts([1, 2, 3, 4, 5, 6], {
      size: 1,
      aheadMax: 2,
      make: (part) => {
        most = Math.max(most, ++ahead);
        return Promise.resolve(part);
      },
      take: async () => {
        for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
        ahead--;
      },
    });
    expect(most).toBe(2);
  });

  it.each(['make', 'take'])('takes nothing behind what could not be: %s', async (step) => {
    const taken: number[] = [];
    const fail = (): never => {
      throw new Error('no more');
    };
    const work = inParts([1, 2, 3, 4], {
      size: 1,
      aheadMax: 4,
      // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
      make: async (part) => (step === 'make' && part.includes(2) ? fail() : part),
      // eslint-disable-next-line @typescript-eslint/require-await -- likewise
      take: async ([item = 0]) => {
        if (step === 'take' && item === 2) fail();
        taken.push(item);
      },
    });
    await expect(work).rejects.toThrow('no more');
    expect(taken).toEqual([1]);
  });

  it.each(['at once', 'later'])('waits for what is under way when something cannot be made, found %s', async (when) => {
    const events: string[] = [];
    const fail = (): never => {
      throw new Error('no more');
    };
    const work = inParts([1, 2], {
      size: 1,
      aheadMax: 4,
      make: (part) => {
        if (part.includes(2)) return when === 'at once' ? fail() : Promise.reject(new Error('no more'));
        return Promise.resolve(part);
      },
      take: async () => {
        for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
        events.push('taken');
      },
    });
    await expect(work).rejects.toThrow('no more');
    expect(events).toEqual(['taken']);
  });
});
