import { randomUUID } from 'node:crypto';
import {
  type ConsumeOptions,
  deadTopicOf,
  type DeliveredRecord,
  type EventBus,
  type Handle,
  readDeadLetter,
  type Refusal,
} from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';

export interface Retried {
  /** Handled now, or refused for what they are. */
  readonly done: number;
  /** A defect again: they are parked as they were. */
  readonly parked: number;
}

/**
 * Hands records of a group that were parked for a defect to its handler once more, whatever came after them: what was wrong
 * was with us (a build, a table that was missing), and may be mended. What fails again is parked again, for the next time.
 * Resolves when all that was parked when it began has been tried. Throws `Unavailable` when `signal` ends it.
 */
export async function retryParked(
  bus: EventBus,
  { topic, group, handle }: ConsumeOptions,
  signal: AbortSignal,
): Promise<Retried> {
  const dead = deadTopicOf(topic, group);
  const trial = new Trial(handle);
  // Most have none, and to consume costs a start of its own.
  if ((await bus.lag(dead, group)).records === 0) return trial.retried;
  const consumer = await bus.consume({ topic: dead, group, handle: (letters) => trial.take(letters) });
  const stop = () => void consumer.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    await consumer.caughtUp;
  } finally {
    signal.removeEventListener('abort', stop);
    await consumer.stop();
  }
  return trial.retried;
}

class Trial {
  readonly retried = { done: 0, parked: 0 };
  readonly #id = randomUUID();
  /** Places of records that failed: what else was parked of them fails like them. */
  readonly #failed = new Set<string>();

  constructor(private readonly handle: Handle) {}

  /**
   * Refusals go back to where the letters are, behind the others, and come again at once: there they wait for the next
   * start, while other partitions go on.
   */
  async take(letters: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = [];
    const read = letters.map(readDeadLetter);
    if (read.every(({ trial }) => trial === this.#id)) throw new Unavailable('bus', 'parked again, for the next start');
    for (const { record, code, reason } of read)
      if (code === 'defect') refusals.push(...(await this.#try(record, reason)));
    return refusals;
  }

  async #try(record: DeliveredRecord, reason: string): Promise<readonly Refusal[]> {
    const place = `${record.topic} ${record.partition} ${record.offset}`;
    if (this.#failed.has(place)) return [this.#parkAgain(record, reason)];
    try {
      const refusals = await this.handle([record]);
      this.retried.done++;
      return refusals;
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.#failed.add(place);
      this.retried.parked++;
      return [this.#parkAgain(record, error instanceof Error ? error.name : typeof error)];
    }
  }

  #parkAgain(record: DeliveredRecord, reason: string): Refusal {
    return { record, code: 'defect', reason, trial: this.#id };
  }
}
