import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowChange } from '@anamnesis/core';
import { DebeziumSource, type DebeziumSourceOptions } from '../src/sources/debezium/debezium-source.js';
import type { Batch, Gap } from '../src/sources/row-source.js';
import { RowBook } from '../src/state/row-book.js';

export type TopicFollowerOptions = Pick<DebeziumSourceOptions, 'connection' | 'topics' | 'keys' | 'declared' | 'read'>;

/** Topics read as the adapter reads them, with a book of rows and position. */
export class TopicFollower {
  readonly #directory = mkdtempSync(join(tmpdir(), 'anamnesis-topics-'));
  readonly book = new RowBook(join(this.#directory, 'rows.db'), Buffer.alloc(32, 7));
  /** As they were published; again where they were published again. */
  readonly changes: RowChange[] = [];
  readonly gaps: Gap[] = [];
  readonly guards: string[] = [];
  readonly lost: string[] = [];
  readonly waiting: number[] = [];
  caughtUp = 0;
  failure: unknown;
  /** After the batch was published and before its position is kept; throw as a process that ends there. */
  beforeKept: (batch: Batch) => void = () => undefined;
  #source: DebeziumSource | undefined;
  #running: Promise<void> | undefined;

  constructor(private readonly options: TopicFollowerOptions) {}

  start(): void {
    this.failure = undefined;
    this.#source = new DebeziumSource({
      ...this.options,
      reconnectMs: [5, 20],
      watch: {
        state: () => undefined,
        guard: (kind) => this.guards.push(kind),
        reconnecting: (reason) => this.lost.push(reason),
        caughtUp: () => this.caughtUp++,
        waiting: (records) => this.waiting.push(records),
        compared: () => undefined,
        replica: () => undefined,
      },
    });
    this.#running = this.#source
      .start(this.book.position, (batch) => this.#take(batch))
      .catch((problem: unknown) => {
        this.failure = problem;
      });
  }

  async stop(): Promise<void> {
    await this.#source?.stop();
    await this.#running;
    this.book.discard();
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.book.close();
    rmSync(this.#directory, { recursive: true });
  }

  #take(batch: Batch): Promise<void> {
    if (batch.gap !== undefined) this.gaps.push(batch.gap);
    for (const change of batch.changes) {
      this.changes.push(change);
      this.book.apply(change);
    }
    return Promise.resolve().then(() => {
      this.beforeKept(batch);
      this.book.keep(batch.position);
    });
  }
}
