import { setImmediate as nextTurn } from 'node:timers/promises';

/** The offset of the next record of each partition. */
export type Offsets = ReadonlyMap<number, number>;

/**
 * Settles the partitions of one assignment with one request at a time: those that are handled together, or while a
 * request is under way, are settled by the next one together.
 */
export class OffsetCommits {
  readonly #send: (offsets: Offsets) => Promise<void>;
  #waiting = new Map<number, number>();
  #underWay: Promise<unknown> = Promise.resolve();
  #following: Promise<void> | undefined;

  constructor(send: (offsets: Offsets) => Promise<void>) {
    this.#send = send;
  }

  /** Resolves when the place is the group's; rejects with what its request failed for. */
  add(partition: number, next: number): Promise<void> {
    this.#waiting.set(partition, next);
    this.#following ??= this.#follow();
    return this.#following;
  }

  async #follow(): Promise<void> {
    await this.#underWay;
    await nextTurn();
    const offsets = this.#waiting;
    this.#waiting = new Map();
    this.#following = undefined;
    const sending = this.#send(offsets);
    this.#underWay = sending.catch(() => undefined); // whoever waits for it is told
    await sending;
  }
}
