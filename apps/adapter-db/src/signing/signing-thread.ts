import { Worker } from 'node:worker_threads';
import { type BusRecord, encodedRecords } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import type { SealedRow } from '../state/row-seal.js';
import { type Signer, type SigningAnswer, type SigningRequest, signingTask, type SigningWork } from './signing-task.js';

export interface Signed {
  readonly records: readonly BusRecord[];
  readonly rows: readonly SealedRow[];
}

/** The events as signed records and the rows sealed, in their order. Throws `Unavailable` when that may be done later. */
export type SignEvents = (work: SigningWork, signer: Signer) => Promise<Signed>;

interface Waiting {
  readonly resolve: (signed: Signed) => void;
  readonly reject: (problem: unknown) => void;
}

/**
 * Names, signs and encodes events, and seals known rows, on a thread of its own, which begins with the first of them and keeps
 * the process only while it has some. If it ends, what it was given fails with it, and the next events begin another one.
 */
export class SigningThread {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(private readonly deploymentKey: Uint8Array) {}

  readonly sign: SignEvents = (work, signer) => {
    const worker = (this.#worker ??= this.#begin());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, task: signingTask(work, signer) } satisfies SigningRequest);
    });
  };

  /** What is not signed by then never is. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #begin(): Worker {
    const worker = new Worker(new URL('./sign-worker.js', import.meta.url), { workerData: this.deploymentKey });
    worker.on('message', (answer: SigningAnswer) => {
      this.#take(answer);
    });
    let cause: unknown;
    worker.on('error', (problem) => (cause = problem));
    worker.on('exit', () => {
      this.#worker = undefined;
      const why = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : 'it was ended';
      this.#failAll(new Unavailable('signing', `the thread that signs events has ended: ${why}`, { cause }));
    });
    return worker;
  }

  #take(answer: SigningAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if ('result' in answer) waiting?.resolve({ ...answer.result, records: encodedRecords(answer.result.records) });
    else waiting?.reject(answer.problem);
  }

  #failAll(problem: Unavailable): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(problem);
  }
}
