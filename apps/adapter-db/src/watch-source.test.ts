import { describe, expect, it } from '@jest/globals';
import { Metrics } from '@anamnesis/runtime';
import { AdapterMetrics } from './adapter-metrics.js';
import { Reminders } from './reminders.js';
import { watchSource } from './watch-source.js';

describe('the state of a source', () => {
  it('is waiting from the loss of its connection until it is read again', async () => {
    const metrics = new Metrics();
    const logger = { warn: () => undefined, log: () => undefined };
    const reminders = new Reminders(() => 0);
    const watch = watchSource({ name: 'north', metrics: new AdapterMetrics(metrics), logger, reminders });
    const state = async () => /source_state\{source="north",state="(\w+)"\} 1/.exec(await metrics.text())?.[1];
    watch.state('reading');
    watch.reconnecting('ECONNREFUSED');
    expect(await state()).toBe('waiting');
    watch.state('reading');
    expect(await state()).toBe('reading');
  });

  it('says once that a replica which was behind has caught up', async () => {
    const metrics = new Metrics();
    const said: string[] = [];
    const logger = { warn: () => undefined, log: (text: string) => said.push(text) };
    const reminders = new Reminders(() => 0);
    const watch = watchSource({ name: 'north', metrics: new AdapterMetrics(metrics), logger, reminders });
    for (const [seconds, isLate] of [
      [0, false],
      [90, true],
      [95, true],
      [2, false],
      [0, false],
    ] as const)
      watch.replica(seconds, isLate);
    expect(said).toEqual(['the replica has caught up']);
    expect(await metrics.text()).toContain('replica_behind_seconds{source="north"} 0');
  });
});
