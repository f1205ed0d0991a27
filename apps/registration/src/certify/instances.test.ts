import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { Decision, PatientRecord, Store } from '@anamnesis/store';
import { databases } from '../../../../test/databases.js';
import { delivered, Hospital } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { Registration } from '../registration.js';
import { certify } from './certify.js';

describe.each(databases.filter(({ name }) => name !== 'SQLite'))('instances of registration on $name', ({ fresh }) => {
  let place: Place;
  let other: Store;
  let directory: string;
  let instances: readonly Registration[];

  beforeEach(async () => {
    const databaseUrl = await fresh();
    place = await openPlace({}, () => Promise.resolve(databaseUrl));
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-instances-'));
    other = await Store.open({ databaseUrl, directory });
    const { bus, keys, settings } = place.registration;
    instances = [place.registration, await Registration.open({ store: other, bus, keys, settings })];
  });
  afterEach(async () => {
    await other.close();
    await place.dispose();
    await rm(directory, { recursive: true });
  });

  it('decide each event once, count patients without a gap, and publish the same bytes', async () => {
    const hospital = await Hospital.open(place.registration, 'NORTH');
    const patients = Array.from({ length: 8 }, (_, at) => ({ system: 'urn:anamnesis:authority:MRN', value: `${at}` }));
    const records = [1, 2, 3, 4].flatMap(() => patients.map((subject) => hospital.says({ subject })));
    const batches = [0, 8, 16, 24].map((from) => records.slice(from, from + 8).map((record) => delivered(record)));
    // Both get all of it at the same time, as after a rebalance that neither heard of yet.
    const refused = await Promise.all(
      instances.flatMap((instance) => batches.map((batch) => certify(instance, batch))),
    );
    expect(refused.flat()).toEqual([]);
    const { manager } = place.store.reader;
    expect(await manager.count(Decision)).toBe(records.length);
    const ordinals = (await manager.find(PatientRecord, { order: { ordinal: 'ASC' } })).map(({ ordinal }) => ordinal);
    expect(ordinals).toEqual(patients.map((_, at) => at + 1));
    const published = await place.certified(2 * records.length);
    const bytes = new Map(published.map((event) => [event.event.id, JSON.stringify(event)]));
    expect(bytes.size).toBe(records.length);
    for (const event of published) expect(JSON.stringify(event)).toBe(bytes.get(event.event.id));
  });

  it('refuse nothing because other transactions fail meanwhile', async () => {
    const hospital = await Hospital.open(place.registration, 'EAST');
    let isDone = false;
    const failing = async (): Promise<void> => {
      const none = () => Promise.reject(new Unavailable('store', 'no connection was free'));
      while (!isDone) await place.store.transaction(none).catch(() => undefined);
    };
    const others = [failing(), failing()];
    const refused = [];
    for (let batch = 0; batch < 10; batch++)
      refused.push(...(await certify(place.registration, [delivered(hospital.says())])));
    isDone = true;
    await Promise.all(others);
    expect(refused).toEqual([]);
  });

  it('register one source, when both hear of it at the same time', async () => {
    const opened = await Promise.allSettled(instances.map((instance) => Hospital.open(instance, 'SOUTH')));
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [refusal] = opened.filter(({ status }) => status === 'rejected');
    expect(refusal).toMatchObject({ reason: { name: 'Rejected', code: 'conflict' } });
  });
});
