import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { INestApplication } from '@nestjs/common';
import { Unavailable } from '@anamnesis/core';
import { type EventBus, shareEventBus } from '@anamnesis/bus';
import { EVENT_BUS } from '../bus/tokens.js';
import { RegistrationClient } from '../registration-client.js';
import { Calls } from './calls.js';
import { type ListenerAddress, Listeners } from './listeners.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';
import type { FromThread, ToThread } from './thread-protocol.js';

/** A thread that answers later than this is left out of that reading of the metrics. */
const metricsMsMax = 2000;
/** Smaller bytes of a request are copied. */
const handedOverBytesMin = 1024 * 1024;

export interface AppThreadOptions {
  /** Stands before its reasons for not being ready. */
  readonly name: string;
  /** Started, with a main that calls `serveInThread`. The sooner the better: it loads code of its own. */
  readonly worker: Worker;
  /** Names of calls that it answers; absent: all that nobody else does. */
  readonly answers?: readonly string[];
}

type Addresses = Readonly<Record<string, ListenerAddress>>;

/**
 * A part of this process on an event loop of its own, as the main thread sees it: its listeners, metrics and readiness
 * become the process's, and calls that nobody answers here go to it. `onBroken` hears of it when the thread ends without having been told to.
 */
export class AppThread {
  readonly #name: string;
  readonly #answers: readonly string[] | undefined;
  readonly #worker: Worker;
  readonly #exited: Promise<number>;
  readonly #metrics = new Map<number, (text: string) => void>();
  readonly #asked = new Map<
    number,
    { readonly resolve: (answer: unknown) => void; readonly reject: (why: Error) => void }
  >();
  readonly #listening: Promise<Addresses>;
  #onListening!: (addresses: Addresses) => void;
  #onUnready: (reasons: readonly string[]) => void = () => undefined;
  #lastId = 0;
  #isStopping = false;

  constructor({ name, worker, answers }: AppThreadOptions, onBroken: (error: unknown) => void) {
    this.#name = name;
    this.#answers = answers;
    this.#listening = new Promise((resolve) => (this.#onListening = resolve));
    this.#worker = worker;
    this.#worker.on('message', (message: FromThread) => {
      this.#hear(message);
    });
    this.#worker.on('error', onBroken);
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        if (!this.#isStopping) onBroken(new Error(`the thread ${name} ended with ${code}`));
        this.#unanswered([...this.#asked.keys()]);
        resolve(code);
      });
    });
  }

  /** Gives it the bus of `app`, and adds its listeners, metrics and readiness to those of `app`. */
  join(app: INestApplication): void {
    this.#joinReadiness(app.get(Readiness));
    app.get(Metrics).addThread(() => this.#readMetrics());
    app.get(Calls).forward((name, request) => this.#ask(name, request), this.#answers);
    const registration = app.get(RegistrationClient);
    app.get(Listeners).addRemote({
      start: () => {
        const { baseUrl } = registration;
        if (baseUrl === undefined) throw new Error(`${this.#name}: listeners start after HTTP`);
        this.#tell({ kind: 'listen', baseUrl });
        return this.#listening;
      },
      stop: () => this.#stop(),
    });
    const bus = shareEventBus(app.get<EventBus>(EVENT_BUS));
    this.#worker.postMessage({ kind: 'join', bus } satisfies ToThread, [bus]);
  }

  #joinReadiness(readiness: Readiness): void {
    let before: readonly string[] = [];
    this.#onUnready = (reasons) => {
      const now = reasons.map((reason) => `${this.#name}: ${reason}`);
      for (const reason of now) readiness.block(reason);
      for (const reason of before) if (!now.includes(reason)) readiness.unblock(reason);
      before = now;
    };
    this.#onUnready(['starting']);
  }

  async #readMetrics(): Promise<string> {
    const id = ++this.#lastId;
    const answered = new Promise<string>((resolve) => this.#metrics.set(id, resolve));
    this.#tell({ kind: 'metrics', id });
    const late = new AbortController();
    const never = sleep(metricsMsMax, '', { ref: false, signal: late.signal }).catch(() => '');
    const text = await Promise.race([answered, never]);
    late.abort();
    this.#metrics.delete(id);
    return text;
  }

  #ask(name: string, request: unknown): Promise<unknown> {
    if (this.#isStopping) return Promise.reject(new Unavailable(this.#name, 'stopping'));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#tell({ kind: 'ask', id, name, request }, ownMemoryOf(request));
    });
  }

  #unanswered(ids: readonly number[]): void {
    for (const id of ids) this.#asked.get(id)?.reject(new Unavailable(this.#name, 'no answer'));
    for (const id of ids) this.#asked.delete(id);
  }

  /** Resolves when its listeners have drained and it is gone. */
  async #stop(): Promise<void> {
    this.#isStopping = true;
    this.#tell({ kind: 'stop' });
    const code = await this.#exited;
    if (code !== 0) throw new Error(`the thread ${this.#name} ended with ${code} while it drained`);
  }

  #tell(message: ToThread, handedOver: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, handedOver);
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'unready':
        this.#onUnready(message.reasons);
        return;
      case 'listening':
        this.#onListening(message.addresses);
        return;
      case 'metrics':
        this.#metrics.get(message.id)?.(message.text);
        return;
      case 'answer':
        this.#asked.get(message.id)?.resolve(message.answer);
        this.#asked.delete(message.id);
        return;
      case 'unanswered':
        this.#unanswered([message.id]);
    }
  }
}

/** Memory of large bytes in a request that nobody else has a part of: it changes hands, since a copy of it would be large too. */
function ownMemoryOf(request: unknown): readonly ArrayBuffer[] {
  if (typeof request !== 'object' || request === null) return [];
  return Object.values(request).flatMap((value: unknown) => {
    if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) return [];
    const isWhole = value.byteLength === value.buffer.byteLength && value.byteLength >= handedOverBytesMin;
    return isWhole ? [value.buffer] : [];
  });
}
