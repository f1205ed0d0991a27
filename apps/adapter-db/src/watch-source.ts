import type { Logger } from '@nestjs/common';
import type { AdapterMetrics } from './adapter-metrics.js';
import type { SourceWatch } from './sources/source-watch.js';

export interface WatchOptions {
  readonly name: string;
  readonly metrics: AdapterMetrics;
  readonly logger: Pick<Logger, 'warn' | 'log'>;
}

/** Counts what a source tells, and logs each thing of it once. */
export function watchSource({ name: source, metrics, logger }: WatchOptions): SourceWatch {
  const said = new Set<string>();
  const once = (text: string, about: Readonly<Record<string, string>>) => {
    const key = JSON.stringify([text, about]);
    if (said.has(key)) return;
    said.add(key);
    logger.warn(text, { source, ...about });
  };
  return {
    guard: (kind, about) => {
      metrics.guards.inc({ source, kind });
      once(`guard ${kind}`, about);
    },
    state: (now) => {
      metrics.state(source, now);
    },
    reconnecting: (reason) => {
      metrics.reconnects.inc({ source, reason });
      once('connection lost', { reason });
    },
    caughtUp: () => {
      metrics.caughtUpAt.set({ source }, Date.now() / 1000);
    },
    waiting: (rows) => {
      metrics.waiting.set({ source }, rows);
    },
    compared: (found) => {
      metrics.comparisons.inc({ source });
      for (const [op, count] of Object.entries(found)) metrics.differences.inc({ source, op }, count);
      logger.log('all rows compared', { source, ...found });
    },
  };
}
