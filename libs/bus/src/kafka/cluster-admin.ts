import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { Unavailable } from '@anamnesis/core';
import { clientLimits, type KafkaClient, openKafkaClient } from './kafka-client.js';
import type { KafkaConnection } from './kafka-options.js';
import { asUnavailable, isProtocolError } from './translate-error.js';
import { within } from './within.js';

const askTimeoutMs = 15_000;
/** Attempts where the cluster is on the move; each knows it afresh. */
const attemptsMax = 6;
const retryMs = 100;

/** Passing by nature: a leader or coordinator has just changed, or a topic has just been made. */
const passing = [
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'UNKNOWN_LEADER_EPOCH',
  'FENCED_LEADER_EPOCH',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_CONTROLLER',
];

/** The brokers' answer leaves out what was asked for; passing, like what `passing` lists. */
export class NotYetKnown extends Error {
  override readonly name = 'NotYetKnown';
}

interface Session {
  readonly client: KafkaClient;
  readonly admin: Promise<Admin>;
}

/** One admin connection of a bus, made when first used and made anew after any trouble with it. */
export class ClusterAdmin {
  readonly #connection: KafkaConnection;
  readonly #openClient: typeof openKafkaClient;
  #session: Session | undefined;
  #isClosed = false;

  constructor(connection: KafkaConnection, openClient = openKafkaClient) {
    this.#connection = connection;
    this.#openClient = openClient;
  }

  /** Throws `Unavailable`, with what the broker said as its cause. What is asked may be asked more than once. */
  async ask<Answer>(doing: string, work: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw new Unavailable('bus', 'closed');
      const session = (this.#session ??= this.#open());
      try {
        return await within(session.admin.then(work), askTimeoutMs, doing);
      } catch (error) {
        const isPassing = error instanceof NotYetKnown || isProtocolError(error, ...passing);
        // Any other refusal says that the connection is fine.
        if (isPassing || !isProtocolError(error)) this.#forget(session);
        if (!isPassing || attempt === attemptsMax) throw asUnavailable(doing, error);
        await sleep(retryMs * attempt);
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    await session.admin.then((admin) => admin.disconnect()).catch(() => undefined);
    session.client.fence();
  }

  #open(): Session {
    const client = this.#openClient(this.#connection);
    const admin = client.kafka.admin({ retry: clientLimits.retry });
    return { client, admin: admin.connect().then(() => admin) };
  }

  #forget(session: Session): void {
    if (this.#session === session) this.#session = undefined;
    session.client.fence();
    session.admin.then((admin) => admin.disconnect()).catch(() => undefined);
  }
}
