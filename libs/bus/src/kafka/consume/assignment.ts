import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@anamnesis/core';
import type { EachBatchPayload } from 'kafkajs';
import { OffsetCommits, type Offsets } from './offset-commits.js';
import type { PartitionFeed } from './partition-feed.js';

/** What this member has between two joins of its group. */
export class Assignment {
  readonly partitions: readonly number[];
  readonly feeds = new Map<number, PartitionFeed>();
  readonly commits: OffsetCommits;
  /** When nothing of the assignments before it is in hand any more: a handler may outlive several of them. */
  readonly clear: Promise<void>;
  /** Settles in the group's name; known from the first batch on. */
  commit: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  readonly #ending = new AbortController();
  #isLost = false;

  constructor(
    partitions: readonly number[],
    commit: (offsets: Offsets) => Promise<void>,
    previous: Assignment | undefined,
  ) {
    this.partitions = partitions;
    this.commits = new OffsetCommits(commit);
    this.clear = previous?.ended() ?? Promise.resolve();
  }

  /** Aborted when nothing new may be begun. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Given up for a join, which brings the next one. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Throws `Unavailable` once the partitions may be another member's: nothing may be settled in the group's name then. */
  mustBeOurs(): void {
    if (this.#isLost) throw new Unavailable('bus', 'the partition was handed over');
  }

  end(): void {
    this.#ending.abort();
  }

  /** When everything in hand is settled or given back, and everything of the assignments before it. */
  async ended(): Promise<void> {
    await Promise.all([this.clear, this.#settled()]);
  }

  /** Ends it and waits for what is in hand and can still be settled, not longer than `waitMsMax`. */
  async giveUp(waitMsMax: number): Promise<void> {
    this.end();
    const waiting = new AbortController();
    const late = sleep(waitMsMax, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
    await Promise.race([this.#settled(), late]);
    waiting.abort();
    this.#isLost = true;
  }

  async #settled(): Promise<void> {
    await Promise.allSettled([...this.feeds.values()].map(({ done }) => done));
  }
}
