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

it('keeps what is found again, whatever it is', () => {
  const results = new RecentResults<{ readonly n: number }>(2);
  results.keep('always', { n: 0 });
  for (let n = 1; n < 20; n++) {
    results.keep(`once ${n}`, { n });
    expect(results.find('always')).toEqual({ n: 0 });
  }
  expect(results.find('once 1')).toBeUndefined();
});
