import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BusRecord,
  type Consumer,
  type DeliveredRecord,
  type EventBus,
  openEventBus,
  type Topic,
} from '@anamnesis/bus';
import { type CertifiedEvent, parseCertifiedEvent, parsePersonAssertion, type PersonAssertion } from '@anamnesis/core';
import type { Store } from '@anamnesis/store';
import { openFreshStore } from '../../../test/open-fresh-store.js';
import { certify } from '../src/certify/certify.js';
import { RegistrationSettings } from '../src/config.js';
import { Registration } from '../src/registration.js';
import { delivered } from './hospital.js';

export interface Place {
  readonly registration: Registration;
  readonly bus: EventBus;
  readonly store: Store;
  /** Another instance of registration on the same store and bus, or on another bus. */
  another(bus?: EventBus): Promise<Registration>;
  /** Certifies one delivered record after another, each as a batch of its own; gives the codes of the refusals. */
  certifyEach(records: readonly BusRecord[]): Promise<readonly string[]>;
  /** The next records of a topic that this test has not read, once there are `count` of them. */
  read(topic: Topic, count: number): Promise<readonly DeliveredRecord[]>;
  certified(count: number): Promise<readonly CertifiedEvent[]>;
  assertions(count: number): Promise<readonly PersonAssertion[]>;
  dispose(): Promise<void>;
}

/** Registration on a real store and a real embedded bus, in a fresh directory; `fresh` names another database for it. */
export async function openPlace(
  settings: Partial<RegistrationSettings> = {},
  fresh: () => Promise<string | undefined> = () => Promise.resolve(undefined),
): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-registration-'));
  const store = await openFreshStore(directory, await fresh());
  const bus = await openEventBus({ backend: 'embedded', directory, report: () => undefined });
  const keys = { deploymentKey: randomBytes(32), kek: randomBytes(32) };
  const chosen = Object.assign(new RegistrationSettings(), settings);
  const another = (other = bus) => Registration.open({ store, bus: other, keys, settings: chosen });
  const registration = await another();
  const read = (topic: Topic, count: number) => readTopic(bus, topic, count);
  return {
    registration,
    bus,
    store,
    another,
    read,
    certifyEach: async (records) => {
      const codes: string[] = [];
      for (const record of records)
        codes.push(...(await certify(registration, [delivered(record)])).map(({ code }) => code));
      return codes;
    },
    certified: async (count) =>
      (await read('clinical.certified', count)).map(({ header }) => parseCertifiedEvent(header)),
    assertions: async (count) =>
      (await read('person.changed', count)).map(({ header }) => parsePersonAssertion(header)),
    dispose: async () => {
      await bus.close();
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function readTopic(bus: EventBus, topic: Topic, count: number): Promise<readonly DeliveredRecord[]> {
  const taken: DeliveredRecord[] = [];
  if (count === 0 && (await bus.lag(topic, 'test')).records === 0) return taken;
  let consumer: Consumer | undefined;
  await new Promise<void>((resolve, reject) => {
    const handle = (records: readonly DeliveredRecord[]) => {
      taken.push(...records);
      if (taken.length >= count) resolve();
      return Promise.resolve([]);
    };
    bus.consume({ topic, group: 'test', handle }).then((started) => {
      consumer = started;
      started.done.catch(reject);
    }, reject);
  });
  await consumer?.stop();
  return taken;
}
