import { afterEach, beforeEach } from '@jest/globals';
import type { Database } from '../../../test/databases.js';
import type { RegistrationSettings } from '../src/config.js';
import type { NewSource } from '../src/facilities/source-fact.js';
import { Hospital } from './hospital.js';
import { openPlace, type Place } from './place.js';

interface Opening {
  readonly fresh: Database['fresh'];
  readonly settings?: Partial<RegistrationSettings>;
  readonly source?: NewSource;
}

/** Before each test of a suite a place with one hospital, NORTH, both new and given to `take`; after it they are gone. */
export function eachTestOpens(
  { fresh, settings, source }: Opening,
  take: (opened: { readonly place: Place; readonly hospital: Hospital }) => void,
): void {
  let place: Place;
  beforeEach(async () => {
    place = await openPlace(settings, fresh);
    take({ place, hospital: await Hospital.open(place.registration, 'NORTH', source) });
  });
  afterEach(() => place.dispose());
}
