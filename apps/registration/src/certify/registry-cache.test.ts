import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Authority, Certificate, insertRows, Source } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { Hospital } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { inTurn, type Turn } from '../outbox/turn.js';
import { RegistryCache } from './registry-cache.js';

describe('what registration remembers of its tables', () => {
  let place: Place;
  let hospital: Hospital;
  const cache = new RegistryCache(10);

  beforeEach(async () => {
    place = await openPlace();
    hospital = await Hospital.open(place.registration, 'NORTH');
  });
  afterEach(() => place.dispose());

  const load = (turn: Turn) => cache.load(turn, { bindings: [hospital.source], serials: [], systems: [] });
  const known = () => cache.sourceOf(hospital.source);

  it('stays for the turn that has loaded it when it is to be forgotten, and is read again in the next one', async () => {
    await inTurn(place.store, async (turn) => {
      await load(turn);
      cache.forget(); // another transaction came to nothing meanwhile
      expect(known()).toEqual(hospital.source);
      await cache.load(turn, { bindings: [], serials: [], systems: [] });
      expect(known()).toEqual(hospital.source);
    });
    await place.store.transaction((manager) => manager.delete(Source, { id: hospital.source.id }));
    await inTurn(place.store, load);
    expect(known()).toBeUndefined();
  });

  it('keeps what a batch needs when the batch brings more than is remembered', async () => {
    const systems = Array.from({ length: 12 }, (_, at) => `urn:anamnesis:authority:A${at}`);
    const [known = '', ...others] = systems;
    await inTurn(place.store, async ({ manager, at }) => {
      const row = { scope: 'facility' as const, issuer: 'NORTH', linking: 'off' as const, createdAt: at };
      await insertRows(
        manager,
        Authority,
        systems.map((system) => ({ ...row, system })),
      );
    });
    const needs = (some: readonly string[]) => (turn: Turn) =>
      cache.load(turn, { bindings: [], serials: [], systems: some });
    await inTurn(place.store, needs([known, ...others.slice(2)]));
    await inTurn(place.store, needs([known, ...others.slice(0, 2)]));
    expect(cache.authority(known)).toMatchObject({ issuer: 'NORTH' });
  });

  it('knows every key of a batch that brings more than are remembered', async () => {
    const { certificate } = await place.store.reader.manager.findOneByOrFail(Certificate, {});
    const rows = Array.from({ length: 11 }, (_, at) => ({ serial: `${at}`, certificate }));
    const manager = {
      findBy: () => Promise.resolve(rows.splice(0, rows.length > 10 ? 10 : 1)),
    } as unknown as EntityManager;
    await cache.publicKeys(
      manager,
      rows.slice(0, 10).map(({ serial }) => serial),
    );
    expect([...(await cache.publicKeys(manager, ['0', '10'])).keys()]).toEqual(['0', '10']);
  });
});
