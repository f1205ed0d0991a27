import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findChains, headsOf, type Waiting } from './find-chains.js';

const fragment = (id: string, continues: string, pointer: string): Waiting => ({ id, continues, pointer });
const ids = (waiting: readonly Waiting[]) => findChains(waiting).map((chain) => chain.map(({ id }) => id));

describe('fragments that wait', () => {
  const message = [fragment('a', '', '1'), fragment('b', '1', '2'), fragment('c', '2', '')];

  it('are a message once the last one is there, and not before', () => {
    expect(ids(message)).toEqual([['a', 'b', 'c']]);
    for (const missing of message) expect(ids(message.filter((one) => one !== missing))).toEqual([]);
  });

  it('are no message where two end with a pointer, or two continue it', () => {
    expect(ids([...message, fragment('d', '', '1')])).toEqual([]);
    expect(ids([...message, fragment('d', '1', '')])).toEqual([]);
  });

  it('come to an end where they go round in a circle', () => {
    const ring = [fragment('x', '7', '8'), fragment('y', '8', '7')];
    expect(ids([...ring, ...message])).toEqual([['a', 'b', 'c']]);
    expect(ids([...ring, fragment('z', '', '7')])).toEqual([]);
  });

  it('name the first part that is there of each message that is torn', () => {
    expect(headsOf(message).map(({ id }) => id)).toEqual(['a']);
    expect(headsOf([fragment('a', '', '1'), fragment('c', '2', '3')]).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('of several messages are told apart in any order', () => {
    const lengths = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lengths, fc.infiniteStream(fc.double({ noNaN: true })), (sizes, order) => {
        const messages = sizes.map((size, m) =>
          Array.from({ length: size }, (_, n) =>
            fragment(`${m}.${n}`, n === 0 ? '' : `${m}-${n}`, n === size - 1 ? '' : `${m}-${n + 1}`),
          ),
        );
        const keyed = messages.flat().map((one) => ({ one, at: order.next().value as number }));
        const shuffled = keyed.sort((a, b) => a.at - b.at).map(({ one }) => one);
        const expected = messages.map((one) => one.map(({ id }) => id));
        expect([...ids(shuffled)].sort()).toEqual(expected.sort());
      }),
    );
  });
});
