import { setImmediate as nextTurn } from 'node:timers/promises';
import { batchLimits, type DeliveredRecord, type Handle, type Refusal } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';

/** One call's work overlaps with another one's wait for the database. */
const callsMax = 2;

interface Waiting {
  readonly records: readonly DeliveredRecord[];
  readonly resolve: (refusals: readonly Refusal[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins the batches of several partitions that wait for one handler into one call: a database transaction costs the
 * same for three records as for three hundred, and with many partitions each alone has few. A partition has one batch
 * in hand at a time, so its order is kept. Each batch has its own outcome: `Unavailable` is that of all in the call; after
 * any other throw each is handled alone, so that a defect is found where it is.
 */
export class JoinedBatches {
  readonly #handle: Handle;
  readonly #recordsMax: number;
  readonly #waiting: Waiting[] = [];
  #calls = 0;

  constructor(handle: Handle, recordsMax: number = batchLimits.records) {
    this.#handle = handle;
    this.#recordsMax = recordsMax;
  }

  take(records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
      if (this.#calls < callsMax) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#calls++;
    await nextTurn(); // a fetch brings several partitions in one turn
    for (let batches = this.#cut(); batches.length > 0; batches = this.#cut()) await this.#together(batches);
    this.#calls--;
  }

  /** As many as one call may have; the first whatever its size. */
  #cut(): readonly Waiting[] {
    let [count, records, bytes] = [0, 0, 0];
    for (const one of this.#waiting) {
      records += one.records.length;
      bytes += one.records.reduce((sum, { body }) => sum + body.length, 0);
      if (count > 0 && (records > this.#recordsMax || bytes > batchLimits.bytes)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #together(batches: readonly Waiting[]): Promise<void> {
    const [first, ...others] = batches;
    if (first === undefined) return;
    if (others.length === 0) return this.#alone(first);
    try {
      const refusals = await this.#handle(batches.flatMap(({ records }) => records));
      const shares = batches.map(({ records }) => {
        const own = new Set(records);
        return refusals.filter(({ record }) => own.has(record));
      });
      // One that is of no batch would be lost, and its record taken for handled.
      if (shares.flat().length !== refusals.length) throw new Error('a refusal of a record that was not handed over');
      for (const [at, { resolve }] of batches.entries()) resolve(shares[at] ?? []);
    } catch (error) {
      if (error instanceof Unavailable) for (const { reject } of batches) reject(error);
      else for (const one of batches) await this.#alone(one);
    }
  }

  async #alone({ records, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(await this.#handle(records));
    } catch (error) {
      reject(error);
    }
  }
}
