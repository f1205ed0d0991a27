import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BusRecord, EventBus, Topic } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { RegistrationOutbox } from '@anamnesis/store';
import { databases } from '../../../../test/databases.js';
import { openPlace, type Place } from '../../test/place.js';
import { addSource, changeSource } from '../facilities/sources.js';
import type { Registration } from '../registration.js';

/** The bus of an instance that stands still in the middle of its first publish, which then goes on or fails. */
class StallingBus {
  readonly stalled: Promise<void>;
  #isStalling = true;
  #say!: () => void;
  #goOn!: () => void;
  readonly #going = new Promise<void>((resolve) => (this.#goOn = resolve));

  constructor(private readonly bus: EventBus) {
    this.stalled = new Promise((resolve) => (this.#say = resolve));
  }

  goOn(): void {
    this.#goOn();
  }

  /** As an `EventBus`; with `fails` the caller hears that it is away, though the records are stored. */
  port({ fails = false } = {}): EventBus {
    const publish = async (topic: Topic, records: readonly BusRecord[]) => {
      const isFirst = this.#isStalling;
      this.#isStalling = false;
      if (isFirst) {
        this.#say();
        await this.#going;
      }
      await this.bus.publish(topic, records);
      if (isFirst && fails) throw new Unavailable('bus', 'no answer');
    };
    return Object.create(this.bus, { publish: { value: publish } }) as EventBus;
  }
}

describe.each(databases)('the outbox on $name', ({ fresh }) => {
  let place: Place;
  beforeEach(async () => {
    place = await openPlace({ ENROLMENT: 'open' }, fresh);
  });
  afterEach(() => place.dispose());

  const leaseRunsOut = () =>
    place.store.transaction((manager) =>
      manager.query("UPDATE registration_turn SET relayUntil = '2000-01-01T00:00:00.000Z' WHERE id = 1"),
    );
  const states = async (count: number) =>
    (await place.read('registry.changed', count)).map(({ header }) => header['state']);

  /** Another instance suspends a source while the one with `bus` stands still with the fact that it is active. */
  async function overtake(slow: Registration, bus: StallingBus): Promise<void> {
    const added = addSource(slow, { facility: 'F', application: 'A' });
    await bus.stalled;
    await leaseRunsOut();
    const row = await place.store.reader.manager.findOneByOrFail(RegistrationOutbox, { topic: 'registry.changed' });
    await changeSource(place.registration, (JSON.parse(row.header) as { id: string }).id, { state: 'suspended' });
    bus.goOn();
    await added;
  }

  it('ends with the newest fact of each key, though an instance published an older one after its lease', async () => {
    const bus = new StallingBus(place.bus);
    await overtake(await place.another(bus.port()), bus);
    expect(await states(4)).toEqual(['active', 'suspended', 'active', 'suspended']);
    await place.registration.relay.flush();
    expect(await place.read('registry.changed', 0)).toEqual([]);
  });

  it('does so where that publish was given up, and was stored all the same', async () => {
    const bus = new StallingBus(place.bus);
    await overtake(await place.another(bus.port({ fails: true })), bus);
    expect(await states(3)).toEqual(['active', 'suspended', 'active']);
    await place.registration.relay.flush();
    expect(await states(1)).toEqual(['suspended']);
  });

  it('says nothing twice where nobody published in between, however long it took', async () => {
    const bus = new StallingBus(place.bus);
    const slow = await place.another(bus.port());
    const added = addSource(slow, { facility: 'F', application: 'A' });
    await bus.stalled;
    await leaseRunsOut();
    bus.goOn();
    await added;
    await place.registration.relay.flush();
    expect(await states(1)).toEqual(['active']);
    expect(await place.read('registry.changed', 0)).toEqual([]);
  });
});
