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
  /** Settles in the group's name; known from the first batch on. */
  commit: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  readonly #ending = new AbortController();
  #isLost = false;

  constructor(partitions: readonly number[], commit: (offsets: Offsets) => Promise<void>) {
    this.partitions = partitions;
    this.commits = new OffsetCommits(commit);
  }

  /** Aborted when nothing new may be begun. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Throws `Unavailable` once the partitions may be another member's: nothing may be settled in the group's name then. */
  mustBeOurs(): void {
    if (this.#isLost) throw new Unavailable('bus', 'the partition was handed over');
  }

  end(): void {
    this.#ending.abort();
  }

  /** When everything in hand is settled or given back. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.feeds.values()].map(({ done }) => done));
  }

  /** Ends it and waits for what is in hand, not longer than `waitMsMax`. */
  async giveUp(waitMsMax: number): Promise<void> {
    this.end();
    const waiting = new AbortController();
    const late = sleep(waitMsMax, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
    await Promise.race([this.ended(), late]);
    waiting.abort();
    this.#isLost = true;
  }
}
