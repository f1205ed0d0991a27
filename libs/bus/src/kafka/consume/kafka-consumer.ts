import { Unavailable } from '@anamnesis/core';
import type { ConsumeOptions, Consumer } from '../../event-bus.js';
import { CatchUp } from './catch-up.js';
import { consumerLimits } from './consumer-limits.js';
import { GroupMember, type MemberContext } from './group-member.js';
import { nextOf, type Place, readPlaces } from './positions.js';
import { Watchdog } from './watchdog.js';

/** The port's consumer: when it has caught up, when and why it ended, and that it never ends unheard. */
export class KafkaConsumer implements Consumer {
  readonly caughtUp: Promise<void>;
  readonly done: Promise<void>;
  readonly #options: ConsumeOptions;
  readonly #context: MemberContext;
  readonly #member: GroupMember;
  readonly #watchdog: Watchdog;
  readonly #catchUp: CatchUp;
  #failure: { readonly error: unknown } | undefined;
  #ending: Promise<void> | undefined;
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  #polling: NodeJS.Timeout | undefined;

  /** Resolves when it has joined its group. Throws `Unavailable` when it cannot. */
  static async start(options: ConsumeOptions, context: MemberContext): Promise<KafkaConsumer> {
    const places = await readPlaces(context.admin, context.names.topic(options.topic));
    const consumer = new KafkaConsumer(options, context, places);
    await consumer.#start();
    return consumer;
  }

  private constructor(options: ConsumeOptions, context: MemberContext, places: readonly Place[]) {
    this.#options = options;
    this.#context = context;
    this.#catchUp = new CatchUp(places);
    for (const place of places) this.#catchUp.arrive(place.partition, nextOf(place));
    this.#member = new GroupMember(options, context, {
      partitions: places.length,
      arrived: (partition, next) => {
        this.#catchUp.arrive(partition, next);
      },
      failed: (error) => void this.#end({ error }),
      progress: () => {
        this.#watchdog.progress();
      },
    });
    this.#watchdog = new Watchdog({
      limitMs: consumerLimits.silenceMs,
      probe: () => context.admin.ask('cluster', (admin) => admin.describeCluster()),
      bark: (silentMs) => void this.#end({ error: new Error(`${this.#member.groupId}: silent for ${silentMs} ms`) }),
    });
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    const ended = this.done.then(() => {
      throw new Unavailable('bus', `${options.topic} ${options.group}: stopped before it had caught up`);
    });
    this.caughtUp = Promise.race([this.#catchUp.reached, ended]);
    // Whoever does not ask is told by `report`; never an unhandled rejection.
    for (const promise of [this.done, this.caughtUp]) promise.catch(() => undefined);
  }

  stop(): Promise<void> {
    return this.#end();
  }

  async #start(): Promise<void> {
    try {
      await this.#member.join();
    } catch (error) {
      await this.#end({ error });
      throw error;
    }
    this.#pollGroup();
  }

  /** What other members of the group settle is seen in no other way. */
  #pollGroup(): void {
    if (this.#catchUp.isReached || this.#ending) return;
    const { topic, from } = this.#options;
    const { admin, names } = this.#context;
    const look = async (): Promise<void> => {
      const groupId = from === 'start' ? undefined : this.#member.groupId;
      // A cluster that does not answer now is asked again.
      const places = await readPlaces(admin, names.topic(topic), groupId).catch(() => []);
      for (const place of places) this.#catchUp.arrive(place.partition, nextOf(place));
      this.#pollGroup();
    };
    this.#polling = setTimeout(() => void look(), consumerLimits.catchUpPollMs).unref();
  }

  #end(failure?: { readonly error: unknown }): Promise<void> {
    this.#failure ??= failure;
    return (this.#ending ??= this.#leave());
  }

  async #leave(): Promise<void> {
    this.#watchdog.stop();
    clearTimeout(this.#polling);
    await this.#member.leave();
    if (this.#failure) this.#settle.reject(this.#failure.error);
    else this.#settle.resolve();
  }
}
