import type { Batch, Deliver } from '../row-source.js';
import { SourceFault } from '../source-fault.js';
import type { BinlogPlace } from './binlog-place.js';

/** What `deliver` threw, told apart from what the server did. */
export class DeliveryFailed extends Error {
  constructor(override readonly cause: unknown) {
    super('not delivered');
  }
}

/** Delivers batches, and knows the place after the last one that was kept. */
export class Teller {
  #place: BinlogPlace;

  constructor(
    from: BinlogPlace,
    private readonly deliver: Deliver,
    private readonly signal: AbortSignal,
  ) {
    this.#place = from;
  }

  get place(): BinlogPlace {
    return this.#place;
  }

  async tell(batch: Omit<Batch, 'position'>, place: BinlogPlace): Promise<void> {
    if (this.signal.aborted) throw new SourceFault('stopping', 'the source is being stopped');
    try {
      await this.deliver({ ...batch, position: { ...place } });
    } catch (problem) {
      throw new DeliveryFailed(problem);
    }
    this.#place = place;
  }
}
