import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Source } from '@anamnesis/store';
import { Hospital } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { inTurn, type Turn } from '../outbox/turn.js';
import { RegistryCache } from './registry-cache.js';

describe('what registration remembers of its tables', () => {
  let place: Place;
  let hospital: Hospital;
  const cache = new RegistryCache();

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
});
