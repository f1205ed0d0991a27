import { expect, it } from '@jest/globals';
import { ProgressBar } from './progress-bar.js';

const terminal = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
};

it('says how far a run is on a terminal, and takes its line away', () => {
  const one = terminal(true);
  const bar = new ProgressBar(1000, one);
  bar.show(500, 7);
  bar.show(900, 8); // too soon to be drawn
  bar.clear();
  expect(one.written).toHaveLength(2);
  expect(one.written[0]).toMatch(/^\r\[#{15}\.{15}\] 50 % {2}7 messages {2}\d+\/s/);
  expect(one.written[1]?.trim()).toBe('');
});

it('is silent where there is no terminal', () => {
  const other = terminal(false);
  const bar = new ProgressBar(0, other);
  bar.show(0, 0);
  bar.clear();
  expect(other.written).toEqual([]);
});
