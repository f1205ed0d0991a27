import type { Logger } from '@nestjs/common';
import type { AdapterMetrics } from './adapter-metrics.js';
import type { Reminders } from './reminders.js';
import type { SourceWatch } from './sources/source-watch.js';

export interface WatchOptions {
  readonly name: string;
  readonly metrics: AdapterMetrics;
  readonly logger: Pick<Logger, 'warn' | 'log'>;
  /** Outlive the source, which is opened again after a fault. */
  readonly reminders: Reminders;
  readonly onCaughtUp?: () => void;
}

/** Counts what a source tells, and logs what goes on as long as it goes on, ever more seldom. */
export function watchSource(options: WatchOptions): SourceWatch {
  const { name: source, metrics, logger, reminders, onCaughtUp } = options;
  const warn = (text: string, about: Readonly<Record<string, string>>) => {
    if (reminders.isDue(JSON.stringify([text, about]))) logger.warn(text, { source, ...about });
  };
  let wasLate = false;
  return {
    guard: (kind, about) => {
      metrics.guards.inc({ source, kind });
      warn(`guard ${kind}`, about);
    },
    state: (now) => {
      metrics.state(source, now);
    },
    reconnecting: (reason) => {
      metrics.state(source, 'waiting');
      metrics.reconnects.inc({ source, reason });
      warn('connection lost', { reason });
    },
    caughtUp: () => {
      metrics.caughtUpAt.set({ source }, Date.now() / 1000);
      onCaughtUp?.();
    },
    waiting: (rows) => {
      metrics.waiting.set({ source }, rows);
    },
    replica: (behindSeconds, isLate) => {
      metrics.replicaSeconds.set({ source }, behindSeconds);
      if (wasLate && !isLate) logger.log('the replica has caught up', { source });
      wasLate = isLate;
    },
    compared: (found) => {
      metrics.comparisons.inc({ source });
      for (const [op, count] of Object.entries(found)) metrics.differences.inc({ source, op }, count);
      logger.log('all rows compared', { source, ...found });
    },
  };
}
