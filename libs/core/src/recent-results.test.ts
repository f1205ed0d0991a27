import { expect, it } from '@jest/globals';
import { RecentResults } from './recent-results.js';

it('computes once what is asked for again and again, and forgets what is not', () => {
  const results = new RecentResults(3);
  const computed: string[] = [];
  const ask = (text: string) =>
    results.get(text, (asked) => {
      computed.push(asked);
      return `of ${asked}`;
    });
  for (let n = 0; n < 20; n++) expect([ask('always'), ask(`once ${n}`)]).toEqual(['of always', `of once ${n}`]);
  expect(computed.filter((text) => text === 'always')).toHaveLength(1);
  expect(computed).toHaveLength(21);
  ask('once 0');
  expect(computed).toHaveLength(22);
});
