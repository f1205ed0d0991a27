import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partitionOf } from './partition-of.js';
import { topics } from './topics.js';

const topic = 'clinical.received';

describe('partitionOf', () => {
  it('never changes: published FNV-1a values, folded', () => {
    // FNV-1a of '', a, b, c, foobar: 811c9dc5 e40c292c e70c2de5 e60c2c52 bf9cf968.
    const hashes = {
      '': 0x811c ^ 0x9dc5,
      a: 0xe40c ^ 0x292c,
      b: 0xe70c ^ 0x2de5,
      c: 0xe60c ^ 0x2c52,
      foobar: 0xbf9c ^ 0xf968,
    };
    for (const [key, hash] of Object.entries(hashes)) expect(partitionOf(topic, key)).toBe(hash % 4);
  });

  it('takes any key, and a dead letter to the same partition as its record', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        const partition = partitionOf(topic, key);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(topics[topic].partitions);
        expect(partitionOf(`${topic}.registration.dead`, key)).toBe(partition);
        expect(partitionOf('registry.changed', key)).toBe(0);
      }),
    );
  });

  it('spreads alike keys', () => {
    const partitions = Array.from({ length: 4000 }, (_, n) => partitionOf(topic, `source-${4 * n}`));
    for (const partition of [0, 1, 2, 3])
      expect(partitions.filter((one) => one === partition).length).toBeGreaterThan(700);
  });
});
