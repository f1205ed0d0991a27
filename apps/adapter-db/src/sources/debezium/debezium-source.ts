import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ForeignBatch,
  type ForeignOffsets,
  ForeignTopicsError,
  type ForeignTopicsOptions,
  readForeignTopics,
} from '@anamnesis/bus';
import type { Deliver, Position, RowSource } from '../row-source.js';
import { SourceFault } from '../source-fault.js';
import type { SourceWatch } from '../source-watch.js';
import { afterSnapshot, type FoundTimes } from './after-snapshot.js';
import type { DecodeOptions } from './decode.js';
import { readRecords } from './read-records.js';

export interface DebeziumSourceOptions extends DecodeOptions, Pick<ForeignTopicsOptions, 'connection' | 'topics'> {
  readonly watch: SourceWatch;
  /** Shortest and longest wait before the connection is made again. */
  readonly reconnectMs: readonly [number, number];
  /** Default: topics of a Kafka cluster. */
  readonly read?: typeof readForeignTopics;
}

/** After so many failures without a record between them a person is told. */
const triesMax = 8;

const passing = 'unreachable';

/**
 * Topics that Debezium writes, on the hospital's own Kafka cluster. The position is the offset of the next record of each
 * partition, and when a snapshot last found a row in it, kept with the rows; the cluster keeps nothing of ours. Records of one row stand in one partition, whose order
 * is told.
 */
export class DebeziumSource implements RowSource {
  readonly #options: DebeziumSourceOptions;
  readonly #stopping = new AbortController();
  #offsets: ForeignOffsets = {};
  #found: FoundTimes = {};
  #tries = 0;
  #wasReached = false;
  #running: Promise<void> | undefined;

  constructor(options: DebeziumSourceOptions) {
    this.#options = options;
  }

  start(from: Position | undefined, deliver: Deliver): Promise<void> {
    this.#offsets = (from?.['offsets'] ?? {}) as ForeignOffsets;
    this.#found = (from?.['found'] ?? {}) as FoundTimes;
    this.#running = this.#run(deliver);
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.catch(() => undefined);
  }

  async #run(deliver: Deliver): Promise<void> {
    const { signal } = this.#stopping;
    const [shortest, longest] = this.#options.reconnectMs;
    while (!signal.aborted) {
      try {
        await this.#read(deliver);
      } catch (problem) {
        if (!(problem instanceof ForeignTopicsError)) throw problem;
        if (isAborted(signal)) return;
        this.#judge(problem);
        const pauseMs = Math.min(shortest * 2 ** this.#tries++, longest);
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #read(deliver: Deliver): Promise<void> {
    const { connection, topics, watch, read = readForeignTopics } = this.#options;
    return read({
      ...{ connection, topics, from: this.#offsets, signal: this.#stopping.signal },
      handle: (batch) => this.#handle(batch, deliver),
      waiting: (records) => {
        this.#wasReached = true;
        this.#tries = 0;
        watch.state('reading');
        watch.waiting(records);
        if (records === 0) watch.caughtUp();
      },
    });
  }

  async #handle(batch: ForeignBatch, deliver: Deliver): Promise<void> {
    const { topic, partition } = batch;
    const { watch } = this.#options;
    for (const { guard, gap, changes: read, next } of readRecords(batch, this.#options)) {
      if (guard !== undefined) watch.guard(guard, { topic });
      const { changes, found: last } = afterSnapshot(read, this.#found[topic]?.[partition]);
      const offsets = { ...this.#offsets, [topic]: { ...this.#offsets[topic], [partition]: next } };
      const found =
        last === undefined ? this.#found : { ...this.#found, [topic]: { ...this.#found[topic], [partition]: last } };
      await deliver({ ...(gap !== undefined && { gap }), changes, position: { offsets, found } });
      this.#offsets = offsets;
      this.#found = found;
    }
    this.#tries = 0;
  }

  /** Throws `SourceFault` for what only a person can mend: what was never reached, or is not any more, among it. */
  #judge(problem: ForeignTopicsError): void {
    const isLost = problem.fault === passing && this.#wasReached && this.#tries < triesMax;
    if (!isLost) throw new SourceFault(`topics-${problem.fault}`, problem.message);
    this.#options.watch.reconnecting('broken');
  }
}

/** Asked again after something was waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
