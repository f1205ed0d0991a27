import { Worker } from 'node:worker_threads';
import { SourceFault } from '../source-fault.js';
import type { FoundRow } from './found-rows.js';
import { goOn, type ReadTask, type TableSummary, type WorkerReply } from './worker-protocol.js';

/**
 * What the thread may need, in MiB: with the keys of a file's rows it grows as the file does. With more it would let garbage lie for
 * as long, and be as large.
 */
const [heapMin, heapPerFileMebibyte, youngHeap] = [256, 2, 24];

/**
 * A file read and compared in a thread of its own, whose memory goes with it. The changed rows are taken from it as fast as they
 * are kept, one message ahead.
 */
export class Comparison {
  readonly #worker: Worker;
  #take: (reply: WorkerReply) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  private constructor(task: ReadTask) {
    // The reader works on the bytes in place, so the thread owns them from here on.
    this.#worker = new Worker(new URL('./access-worker.js', import.meta.url), {
      workerData: task,
      transferList: [task.bytes, ...task.known.values()].map(({ buffer }) => buffer),
      resourceLimits: {
        maxOldGenerationSizeMb: heapMin + Math.ceil(task.bytes.length / 2 ** 20) * heapPerFileMebibyte,
        maxYoungGenerationSizeMb: youngHeap,
      },
    });
    this.#worker.on('message', (reply: WorkerReply) => {
      this.#take(reply);
    });
    this.#worker.on('error', (error) => {
      this.#fail(tooMuch(error) ?? error);
    });
    this.#worker.on('exit', () => {
      this.#fail(new Error('the thread that reads the file ended'));
    });
  }

  /** Resolves when every table was read. Rejects with `SourceFault`. */
  static async open(task: ReadTask): Promise<{ comparison: Comparison; tables: readonly TableSummary[] }> {
    const comparison = new Comparison(task);
    try {
      const reply = await comparison.#next();
      if (reply.kind !== 'summary') throw new Error(`the thread began with ${reply.kind}`);
      return { comparison, tables: reply.tables };
    } catch (error) {
      await comparison.close();
      throw error;
    }
  }

  /** The new and changed rows, tables in the order of the task. The next are made ready while the last ones are kept. */
  async *rows(): AsyncGenerator<{ readonly table: string; readonly rows: readonly FoundRow[] }> {
    let next = this.#ask();
    for (;;) {
      const reply = await next;
      if (reply.kind !== 'rows') return;
      next = this.#ask();
      yield reply;
    }
  }

  async close(): Promise<void> {
    this.#fail = () => undefined;
    await this.#worker.terminate();
  }

  #ask(): Promise<Exclude<WorkerReply, { kind: 'fault' }>> {
    const next = this.#next();
    // Whoever takes it hears of it; until then it is nobody's.
    next.catch(() => undefined);
    this.#worker.postMessage(goOn);
    return next;
  }

  #next(): Promise<Exclude<WorkerReply, { kind: 'fault' }>> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#take = (reply) => {
        if (reply.kind === 'fault') reject(new SourceFault(reply.code, reply.message));
        else resolve(reply);
      };
    });
  }
}

function tooMuch(error: unknown): SourceFault | undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return undefined;
  return new SourceFault('access-file-too-large', 'the file holds more than can be compared in memory', {
    cause: error,
  });
}
