import { Inject, Injectable } from '@nestjs/common';
import type { EventBus } from '@anamnesis/bus';
import { Metrics } from '../process/metrics.js';
import { BusTransport } from './bus-transport.js';
import { EVENT_BUS } from './tokens.js';

/** What each group of this process still has before it: the bus is asked when the metrics are. */
@Injectable()
export class LagMetrics {
  constructor(@Inject(EVENT_BUS) bus: EventBus, transport: BusTransport, metrics: Metrics) {
    const labels = ['topic', 'group'] as const;
    const waiting = metrics.gauge('bus_lag_records', 'Records that the group has not passed', labels);
    const age = metrics.gauge('bus_oldest_waiting_seconds', 'Age of the oldest of them', labels);
    const measure = async (): Promise<void> => {
      await Promise.all(
        transport.groups.map(async ({ topic, group }) => {
          const { records, oldestAppendedAt } = await bus.lag(topic, group);
          const since = oldestAppendedAt?.getTime() ?? Date.now();
          waiting.set({ topic, group }, records);
          age.set({ topic, group }, Math.max(0, Date.now() - since) / 1000);
        }),
      );
    };
    let measured = Promise.resolve();
    // Asked once for both: they are read in the order of their making.
    Object.assign(waiting, { collect: () => (measured = measure()) });
    Object.assign(age, { collect: () => measured });
  }
}
