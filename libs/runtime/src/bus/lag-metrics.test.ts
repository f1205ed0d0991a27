import { describe, expect, it } from '@jest/globals';
import type { EventBus, Lag } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { Metrics } from '../process/metrics.js';
import type { BusTransport } from './bus-transport.js';
import { LagMetrics } from './lag-metrics.js';

const groups = [{ topic: 'clinical.received', group: 'registration' }];
const labels = '{topic="clinical.received",group="registration"}';

/** What the process says of itself while the bus answers so. */
function metricsOf(lag: () => Promise<Lag>): Metrics {
  const metrics = new Metrics(false);
  metrics.gauge('dependency_up', '1 while the dependency answers', ['dependency']).set({ dependency: 'bus' }, 0);
  new LagMetrics({ lag } as unknown as EventBus, { groups } as unknown as BusTransport, metrics);
  return metrics;
}

describe('metrics of what waits', () => {
  it('say how much and for how long at the same reading, the first one too', async () => {
    const metrics = metricsOf(() => Promise.resolve({ records: 3, oldestAppendedAt: new Date(Date.now() - 60_000) }));
    const text = await metrics.text();
    expect(text).toContain(`anamnesis_bus_lag_records${labels} 3\n`);
    const [, seconds] = /anamnesis_bus_oldest_waiting_seconds\{.*\} (.*)/.exec(text) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(60);
  });

  it('are left out while the bus does not answer, and everything else is told', async () => {
    let isAway = false;
    const metrics = metricsOf(() =>
      isAway ? Promise.reject(new Unavailable('bus', 'away')) : Promise.resolve({ records: 3 }),
    );
    expect(await metrics.text()).toContain(`anamnesis_bus_lag_records${labels} 3\n`);
    isAway = true;
    const text = await metrics.text();
    expect(text).toContain('anamnesis_dependency_up{dependency="bus"} 0\n');
    expect(text).not.toContain('anamnesis_bus_');
  });
});
