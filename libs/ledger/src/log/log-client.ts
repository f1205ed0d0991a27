import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Rejected, Unavailable } from '@anamnesis/core';
import type { LogTrust } from './log-evidence.js';
import type { LogAnswer, LogMessage, LogOpened, LogRequest, LogResults, LogSettings } from './log-protocol.js';

/** Requests not yet answered; beyond it callers are told to come back instead of filling the memory. */
const requestsInFlightMax = 10_000;
/** How long a thread that closes may take to write what it was asked before. */
const closeDeadlineMs = 10_000;

interface Waiting {
  readonly resolve: (value: LogResults[keyof LogResults]) => void;
  readonly reject: (error: Error) => void;
}

/** The ledger's end of the log thread. Every failure of the thread, the file or the disk is `Unavailable('ledger')`. */
export class LogClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #opened: Promise<LogTrust>;
  #lastId = 0;
  #ended: Unavailable | undefined;

  private constructor(settings: LogSettings) {
    this.#worker = new Worker(new URL('./ledger-log-worker.js', import.meta.url), { workerData: settings });
    this.#opened = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => undefined, reject });
      this.#worker.once('message', ({ opened }: LogOpened) => {
        this.#waiting.delete(0);
        this.#worker.on('message', (answers: readonly LogAnswer[]) => {
          for (const answer of answers) this.#settle(answer);
        });
        resolve(opened);
      });
    });
    this.#worker.on('error', (cause) => {
      this.#end(new Unavailable('ledger', `the log stopped: ${cause.message}`, { cause }));
    });
    this.#worker.on('exit', () => {
      this.#end(new Unavailable('ledger', 'the ledger is closed'));
    });
  }

  /** Resolves when the log is open, owned and checked. */
  static async open(settings: LogSettings): Promise<{ client: LogClient; trust: LogTrust }> {
    const client = new LogClient(settings);
    return { client, trust: await client.#opened };
  }

  /** An `anchor` resolves when it is durable. */
  async request<Kind extends LogRequest['kind']>(
    request: LogRequest & { readonly kind: Kind },
  ): Promise<LogResults[Kind]> {
    if (this.#ended) throw this.#ended;
    if (this.#waiting.size >= requestsInFlightMax)
      throw new Unavailable('ledger', `more than ${requestsInFlightMax} requests wait for the disk`);
    const id = ++this.#lastId;
    const answered = new Promise<LogResults[keyof LogResults]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#worker.postMessage({ id, request } satisfies LogMessage);
    return (await answered) as LogResults[Kind];
  }

  /** What was asked before is answered; what comes after is refused. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const gone = once(this.#worker, 'exit');
    const closing = this.request({ kind: 'close' });
    this.#ended = new Unavailable('ledger', 'the ledger is closed');
    const deadline = setTimeout(() => void this.#worker.terminate(), closeDeadlineMs);
    await Promise.allSettled([closing, gone]);
    clearTimeout(deadline);
  }

  #settle(answer: LogAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('value' in answer) waiting?.resolve(answer.value);
    else waiting?.reject(toError(answer));
  }

  #end(error: Unavailable): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function toError(answer: Exclude<LogAnswer, { readonly value: unknown }>): Error {
  if ('rejected' in answer) return new Rejected(answer.rejected, answer.message);
  if ('unavailable' in answer)
    return new Unavailable('ledger', `the log refused: ${answer.unavailable}`, {
      cause: new Error(answer.unavailable),
    });
  return new Error(`the log failed: ${answer.defect}`);
}
