import { describe, expect, it } from '@jest/globals';
import { Metrics } from '@anamnesis/runtime';
import { AdapterMetrics } from './adapter-metrics.js';
import { Reminders } from './reminders.js';
import { watchSource } from './watch-source.js';

const minuteMs = 60_000;

describe('what goes on and on', () => {
  it('is said at once, then at widening intervals of up to six hours', () => {
    let now = 0;
    const reminders = new Reminders(() => now);
    const saidAt: number[] = [];
    for (; now < 24 * 60 * minuteMs; now += minuteMs / 2) if (reminders.isDue('it')) saidAt.push(now / minuteMs);
    expect(saidAt).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 871, 1231]);
  });

  it('is new when it is something else, or was over in between', () => {
    const reminders = new Reminders(() => 0);
    expect(['it', 'it', 'other', 'it'].map((thing) => reminders.isDue(thing))).toEqual([true, false, true, false]);
    reminders.forget('it');
    expect(reminders.isDue('it')).toBe(true);
  });

  it('of a source is counted each time, by whoever watches it after the last one', async () => {
    const metrics = new Metrics();
    const lines: string[] = [];
    const logger = { warn: (text: string) => lines.push(text), log: () => undefined };
    const shared = { name: 'paper', metrics: new AdapterMetrics(metrics), logger, reminders: new Reminders(() => 0) };
    for (let retry = 0; retry < 3; retry++) watchSource(shared).guard('binlog-off', { reason: 'log_bin is OFF' });
    expect(lines).toEqual(['guard binlog-off']);
    expect(await metrics.text()).toContain('db_guards_total{source="paper",kind="binlog-off"} 3');
  });
});
