import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Unavailable } from '@anamnesis/core';
import { giveUpAcks, pruneAcks } from '../acknowledgements/settle-acks.js';
import { expireFragments, pruneFragments } from '../fragments/expire-fragments.js';
import { linkDue } from '../persons/link-due.js';
import { Registration } from '../registration.js';

const relayEveryMs = 2_000;
const pruneEveryTicks = 1_800;

/** Publishes what a crash or an absent bus left in the outbox, and goes on with linking that was interrupted. */
@Injectable()
export class RelayInterval implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('relay');
  #timer: NodeJS.Timeout | undefined;
  #inHand: Promise<void> | undefined;
  #ticks = 0;

  constructor(private readonly registration: Registration) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#inHand ??= this.#tick().finally(() => (this.#inHand = undefined));
    }, relayEveryMs);
    this.#timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#inHand;
  }

  async #prune(): Promise<void> {
    await this.registration.relay.prune();
    await pruneFragments(this.registration);
    await pruneAcks(this.registration);
  }

  async #tick(): Promise<void> {
    try {
      await linkDue(this.registration);
      const torn = await expireFragments(this.registration);
      if (torn > 0) this.#logger.warn('messages in fragments were not completed in time', { messages: torn });
      const givenUp = await giveUpAcks(this.registration);
      if (givenUp > 0) this.#logger.warn('application acknowledgements were given up', { count: givenUp });
      await this.registration.relay.flush();
      if (++this.#ticks % pruneEveryTicks === 0) await this.#prune();
    } catch (error) {
      // The next tick tries again; a defect here must not end the process that certifies.
      if (error instanceof Unavailable) this.#logger.warn('outbox waits', { dependency: error.dependency });
      else this.#logger.error(error);
    }
  }
}
