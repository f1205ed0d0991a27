import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { AdapterHl7Settings } from '../config.js';
import { Exchange } from './exchange.js';

/** An application acknowledgement to be sent as an exchange of ours. */
export interface ApplicationAck {
  /** `host:port` */
  readonly to: string;
  /** Our MSH-10, which the answer must name (A8). */
  readonly controlId: string;
  /** Unframed. */
  readonly bytes: Uint8Array;
}

export interface ApplicationAcksOptions {
  readonly settings: AdapterHl7Settings;
  readonly metrics: AdapterMetrics;
}

type Waiting = ApplicationAck & { readonly sinceMs: number };

const firstPauseMs = 500;

/**
 * Sends application acknowledgements (hl7v2.md A2), to each listener in order and one at a time, until its accept answer
 * names ours. What is not taken is tried again, with the same MSH-10, for as long as this process lives and its life
 * lasts; it is kept in memory alone. The sender has its accept acknowledgement either way: what it was told is durable.
 */
export class ApplicationAcks {
  readonly #logger = new Logger('application-acks');
  readonly #queues = new Map<string, Waiting[]>();
  readonly #stopping = new AbortController();

  constructor(private readonly options: ApplicationAcksOptions) {}

  /** Takes it over; never throws. */
  send(ack: ApplicationAck): void {
    const { settings, metrics } = this.options;
    const waiting = { ...ack, sinceMs: performance.now() };
    const queue = this.#queues.get(ack.to);
    if (queue === undefined) {
      const own = [waiting];
      this.#queues.set(ack.to, own);
      void this.#work(ack.to, own);
    } else if (queue.length < settings.APPLICATION_ACK_QUEUE_MAX) queue.push(waiting);
    else metrics.applicationAcks.inc({ result: 'queue-full' });
  }

  /** What has not been taken is lost, and said so. */
  stop(): void {
    this.#stopping.abort();
    const lost = [...this.#queues.values()].reduce((sum, { length }) => sum + length, 0);
    if (lost === 0) return;
    this.options.metrics.applicationAcks.inc({ result: 'lost' }, lost);
    this.#logger.warn(`${lost} application acknowledgements were not taken before the stop`);
  }

  async #work(to: string, queue: Waiting[]): Promise<void> {
    const { APPLICATION_ACK_TIMEOUT_MS: timeoutMs, APPLICATION_ACK_PAUSE_MS_MAX: pauseMsMax } = this.options.settings;
    const exchange = new Exchange(to, timeoutMs);
    const { signal } = this.#stopping;
    for (let pauseMs = firstPauseMs; queue[0] !== undefined && !signal.aborted;) {
      if (await this.#isSettled(queue[0], exchange)) {
        queue.shift();
        pauseMs = firstPauseMs;
        continue;
      }
      await sleep(Math.min(pauseMs, pauseMsMax), undefined, { signal }).catch(() => undefined);
      pauseMs *= 2;
    }
    exchange.close();
    if (!signal.aborted) this.#queues.delete(to);
  }

  /** True when nothing more is to be done for it. */
  async #isSettled(ack: Waiting, exchange: Exchange): Promise<boolean> {
    const { metrics, settings } = this.options;
    const code = await exchange.ask(ack.bytes, ack.controlId);
    if (code !== undefined) {
      metrics.applicationAcks.inc({ result: code === 'CA' || code === 'AA' ? 'taken' : 'refused' });
      return true;
    }
    metrics.applicationAcks.inc({ result: 'failed-attempt' });
    if (performance.now() - ack.sinceMs < settings.APPLICATION_ACK_LIFE_MS) return false;
    metrics.applicationAcks.inc({ result: 'given-up' });
    return true;
  }
}
