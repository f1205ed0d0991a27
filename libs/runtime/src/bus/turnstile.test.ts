import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.js';

it('lets no more in than it says, in the order of arrival, and goes on after one that fails', async () => {
  const turnstile = new Turnstile(2);
  let inside = 0;
  let insideMost = 0;
  const entered: number[] = [];
  const work = (n: number) =>
    turnstile.run(async () => {
      entered.push(n);
      insideMost = Math.max(insideMost, ++inside);
      await turn();
      inside--;
      if (n === 1) throw new Error('one fails');
    });
  const outcomes = await Promise.allSettled(Array.from({ length: 7 }, (_, n) => work(n)));
  expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(insideMost).toBe(2);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    ...Array<string>(5).fill('fulfilled'),
  ]);
});
