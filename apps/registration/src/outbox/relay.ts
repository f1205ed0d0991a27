import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BusRecord, type EventBus, settingsOf, type Topic } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { insertRows, RegistrationOutbox, type Store } from '@anamnesis/store';
import { type EntityManager, In, IsNull, LessThan } from 'typeorm';

const pageRows = 200;
/** An instance that died while publishing holds the others up so long, and no longer. */
const leaseMs = 10_000;
const leaseWaitMs = 2_000;
const leasePollMs = 25;
const keptMs = 7 * 24 * 60 * 60 * 1000;

/** Finds the record that an announcement means. Undefined when it is no longer there. */
export type FindRecord = (id: string) => Promise<BusRecord | undefined>;

/** By topic, where what is announced is kept elsewhere; it may be large. */
export type Finders = Readonly<Partial<Record<string, FindRecord>>>;

/**
 * Publishes the outbox in its order. One instance at a time, by a lease: two of them could leave the older of two facts
 * as the last one on a compacted topic. An instance that stood still for longer than its lease may do so all the same:
 * when it finds that out, the newest facts are said once more. What was published and not marked is published again.
 */
export class Relay {
  readonly #instance = randomBytes(16).toString('hex');
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly bus: EventBus,
    private readonly finders: Finders,
  ) {}

  /** Resolves when everything that was committed before the call is on the bus. Throws `Unavailable`. */
  flush(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const next = this.#running.then(() => {
      this.#next = undefined;
      return this.#drain();
    });
    this.#next = next;
    this.#running = next.catch(() => undefined); // whoever asked has the error
    return next;
  }

  /** Forgets what was published long ago. */
  async prune(): Promise<void> {
    const before = new Date(Date.now() - keptMs).toISOString();
    await this.store.transaction((manager) => manager.delete(RegistrationOutbox, { publishedAt: LessThan(before) }));
  }

  async #drain(): Promise<void> {
    if (await this.#isEmpty()) return;
    try {
      do {
        // Anew for each page, and before it is read: what others published until now is not in it.
        await this.#lease();
        await this.#say(await this.#page(pageRows));
      } while (!(await this.#isEmpty()));
    } finally {
      await this.#release();
    }
  }

  async #isEmpty(): Promise<boolean> {
    return (await this.#page(1)).length === 0;
  }

  async #say(page: readonly RegistrationOutbox[]): Promise<void> {
    try {
      await this.#publish(page);
    } catch (problem) {
      // What was not answered may be on the bus, or come there.
      await this.#settle(page, { isPublished: false });
      throw problem;
    }
    await this.#settle(page, { isPublished: true });
  }

  #page(take: number): Promise<RegistrationOutbox[]> {
    const where = { publishedAt: IsNull() };
    return this.store.reader.manager.find(RegistrationOutbox, { where, order: { id: 'ASC' }, take });
  }

  async #publish(page: readonly RegistrationOutbox[]): Promise<void> {
    for (const topic of new Set(page.map((row) => row.topic))) {
      const rows = page.filter((row) => row.topic === topic);
      const find = this.finders[topic];
      if (find === undefined) await this.bus.publish(topic as Topic, rows.map(recordOf));
      else await this.#publishFound(topic as Topic, rows, find);
    }
  }

  /** One at a time: together they may be larger than memory. */
  async #publishFound(topic: Topic, rows: readonly RegistrationOutbox[], find: FindRecord): Promise<void> {
    for (const { recordKey } of rows) {
      const record = await find(recordKey);
      if (record !== undefined) await this.bus.publish(topic, [record]);
    }
  }

  #settle(page: readonly RegistrationOutbox[], { isPublished }: { isPublished: boolean }): Promise<void> {
    return this.store.transaction(async (manager) => {
      if (!(await this.#holdsLease(manager))) await sayAgain(manager, page);
      else if (isPublished) await mark(manager, page);
    });
  }

  /** Whether nobody else has had it since it was taken. The row stays locked for the transaction. */
  async #holdsLease(manager: EntityManager): Promise<boolean> {
    await manager.query('UPDATE registration_turn SET relayUntil = ? WHERE id = 1 AND relayBy = ?', [
      new Date(Date.now() + leaseMs).toISOString(),
      this.#instance,
    ]);
    return (await relayingBy(manager)) === this.#instance;
  }

  async #lease(): Promise<void> {
    const startedMs = Date.now();
    while (Date.now() - startedMs < leaseWaitMs) {
      if (await this.#tryLease()) return;
      await sleep(leasePollMs);
    }
    throw new Unavailable('store', 'another instance publishes the outbox');
  }

  #tryLease(): Promise<boolean> {
    const now = Date.now();
    return this.store.transaction(async (manager) => {
      await manager.query(
        'UPDATE registration_turn SET relayBy = ?, relayUntil = ? WHERE id = 1 AND (relayBy IS NULL OR relayBy = ? OR relayUntil < ?)',
        [this.#instance, new Date(now + leaseMs).toISOString(), this.#instance, new Date(now).toISOString()],
      );
      return (await relayingBy(manager)) === this.#instance;
    });
  }

  async #release(): Promise<void> {
    await this.store.transaction((manager) =>
      manager.query('UPDATE registration_turn SET relayBy = NULL, relayUntil = NULL WHERE id = 1 AND relayBy = ?', [
        this.#instance,
      ]),
    );
  }
}

async function relayingBy(manager: EntityManager): Promise<string | null> {
  const [row]: readonly { relayBy: string | null }[] = await manager.query(
    'SELECT relayBy FROM registration_turn WHERE id = 1',
  );
  return row?.relayBy ?? null;
}

async function mark(manager: EntityManager, page: readonly RegistrationOutbox[]): Promise<void> {
  const ids = page.map((row) => row.id);
  await manager.update(RegistrationOutbox, { id: In(ids) }, { publishedAt: new Date().toISOString() });
}

/**
 * Another instance published while this page was on its way: of each key the newest fact that is on the bus may stand
 * before an older one of ours. What is still to be published comes behind both, and other topics keep every record.
 */
async function sayAgain(manager: EntityManager, page: readonly RegistrationOutbox[]): Promise<void> {
  const isLastOfKeyWhatCounts = ({ topic }: RegistrationOutbox) => settingsOf(topic as Topic).isCompacted;
  const byKey = new Map(page.filter(isLastOfKeyWhatCounts).map((row) => [`${row.topic} ${row.recordKey}`, row]));
  const newest: Pick<RegistrationOutbox, 'topic' | 'recordKey' | 'header'>[] = [];
  for (const { topic, recordKey } of byKey.values()) {
    const order = { id: 'DESC' } as const;
    const row = await manager.findOne(RegistrationOutbox, { where: { topic, recordKey }, order });
    if (row !== null && row.publishedAt !== null) newest.push({ topic, recordKey, header: row.header });
  }
  await insertRows(manager, RegistrationOutbox, newest);
}

function recordOf({ recordKey, header }: RegistrationOutbox): BusRecord {
  return { key: recordKey, header: JSON.parse(header) as Record<string, unknown>, body: new Uint8Array(0) };
}
