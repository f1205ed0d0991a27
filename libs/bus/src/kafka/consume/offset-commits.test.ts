import { describe, expect, it } from '@jest/globals';
import { OffsetCommits } from './offset-commits.js';

describe('commits of offsets', () => {
  it('of partitions handled together are one request, and those that come meanwhile the next', async () => {
    const sent: (readonly (readonly [number, number])[])[] = [];
    const answers: (() => void)[] = [];
    const commits = new OffsetCommits((offsets) => {
      sent.push([...offsets]);
      return new Promise((resolve) => answers.push(resolve));
    });
    const together = [commits.add(0, 5), commits.add(1, 7)];
    while (sent.length < 1) await new Promise(setImmediate);
    const meanwhile = [commits.add(2, 1), commits.add(3, 1)];
    await new Promise(setImmediate);
    expect(sent).toEqual([
      [
        [0, 5],
        [1, 7],
      ],
    ]);
    answers[0]?.();
    await Promise.all(together);
    while (sent.length < 2) await new Promise(setImmediate);
    answers[1]?.();
    await Promise.all(meanwhile);
    expect(sent[1]).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  it('that fail are told to those whose they are, and not to the next', async () => {
    let isFailing = true;
    const commits = new OffsetCommits(() => (isFailing ? Promise.reject(new Error('gone')) : Promise.resolve()));
    await expect(Promise.all([commits.add(0, 1), commits.add(1, 1)])).rejects.toThrow('gone');
    isFailing = false;
    await commits.add(0, 1);
  });
});
