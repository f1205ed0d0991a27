import { describe, expect, it } from '@jest/globals';
import type { Lag, Topic } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { awaitJudged } from './await-judged.js';

const busOf = (lags: Readonly<Record<string, readonly Lag[]>>) => {
  const asked: string[] = [];
  const lag = (topic: Topic): Promise<Lag> => {
    const [first, ...others] = (lags[topic] ?? []).slice(asked.filter((one) => one === topic).length);
    asked.push(topic);
    return Promise.resolve(first ?? others[0] ?? { records: 0 });
  };
  return { asked, lag };
};
const before = { records: 2, oldestAppendedAt: new Date(0) };
const after = { records: 2, oldestAppendedAt: new Date('2999-01-01') };

describe('waiting for what came before', () => {
  it('ends when all of it is judged, on both topics, whatever came since', async () => {
    const bus = busOf({ 'clinical.received': [before, before, after], 'intake.refused': [before] });
    await awaitJudged(bus);
    const received = 'clinical.received';
    expect(bus.asked).toEqual([received, received, received, 'intake.refused', 'intake.refused']);
  });

  it('ends as unavailable at the deadline', async () => {
    const bus = busOf({ 'clinical.received': Array.from({ length: 99 }, () => before) });
    await expect(awaitJudged(bus, 0)).rejects.toThrow(Unavailable);
  });
});
