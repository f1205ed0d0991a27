import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@anamnesis/core';
import type {
  AcknowledgementLease,
  AcknowledgementResults,
  RegistrationClient,
  SourceRegistry,
} from '@anamnesis/runtime';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { AdapterHl7Settings } from '../config.js';
import { Exchange } from './exchange.js';

export interface ApplicationAcksOptions {
  readonly settings: AdapterHl7Settings;
  readonly metrics: AdapterMetrics;
  readonly registry: Pick<SourceRegistry, 'hasListeners'>;
  readonly registration: Pick<RegistrationClient, 'leaseAcknowledgements' | 'settleAcknowledgements'>;
  /** This instance among the adapters. */
  readonly adapter: string;
}

/** Of its lease an instance uses as much as leaves time for one more exchange. */
const exchangesOfLease = 3;
/** For the exchange in hand when stopping; then it is cut, and comes again. */
const stopMsMax = 2000;

/**
 * Sends the application acknowledgements (hl7v2.md A2) that registration keeps and hands out, to each listener in order and
 * one at a time, until its accept answer names ours. Nothing of them is kept here: what is not said to be settled, since
 * this process died or registration was away, comes again, to this instance or to another, with the same MSH-10.
 */
export class ApplicationAcks {
  readonly #stopping = new AbortController();
  readonly #working = new Set<Promise<void>>();
  #polling: Promise<void> = Promise.resolve();

  constructor(private readonly options: ApplicationAcksOptions) {}

  start(): void {
    this.#polling = this.#poll();
  }

  /** Resolves when no exchange is under way; what was not sent waits at registration. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
    await Promise.all(this.#working);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const leases = this.options.registry.hasListeners ? await this.#lease() : [];
      for (const lease of leases) {
        const work = this.#deliver(lease).finally(() => this.#working.delete(work));
        this.#working.add(work);
      }
      await sleep(this.options.settings.APPLICATION_ACK_POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #lease(): Promise<readonly AcknowledgementLease[]> {
    const { registration, adapter, settings, metrics } = this.options;
    const forMs = settings.APPLICATION_ACK_TIMEOUT_MS * exchangesOfLease;
    try {
      return await registration.leaseAcknowledgements({ adapter, forMs: Math.max(100, forMs) });
    } catch (problem) {
      if (!(problem instanceof Unavailable)) metrics.applicationAcks.inc({ result: 'defect' });
      return [];
    }
  }

  async #deliver({ sourceId, to, acknowledgements }: AcknowledgementLease): Promise<void> {
    const { APPLICATION_ACK_TIMEOUT_MS: timeoutMs } = this.options.settings;
    const endMs = performance.now() + timeoutMs * (exchangesOfLease - 1);
    const exchange = new Exchange(to, timeoutMs);
    this.#stopping.signal.addEventListener('abort', () =>
      setTimeout(() => {
        exchange.close();
      }, stopMsMax).unref(),
    );
    const settled: { id: string; answer: string }[] = [];
    let isFailed = false;
    for (const { id, controlId, content } of acknowledgements) {
      if (this.#stopping.signal.aborted || performance.now() > endMs) break;
      const answer = await exchange.ask(Buffer.from(content, 'base64'), controlId);
      this.options.metrics.applicationAcks.inc({ result: resultOf(answer) });
      isFailed = answer === undefined;
      if (answer === undefined) break;
      settled.push({ id, answer });
    }
    exchange.close();
    await this.#settle({ adapter: this.options.adapter, sourceId, settled, isFailed });
  }

  /** Unsaid, the lease runs out and they are sent again. */
  async #settle(results: AcknowledgementResults): Promise<void> {
    try {
      await this.options.registration.settleAcknowledgements(results);
    } catch {
      this.options.metrics.applicationAcks.inc({ result: 'unsettled' });
    }
  }
}

function resultOf(answer: string | undefined): string {
  if (answer === undefined) return 'failed-attempt';
  return answer === 'CA' || answer === 'AA' ? 'taken' : 'refused';
}
