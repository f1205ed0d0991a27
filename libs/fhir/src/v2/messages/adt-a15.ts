import { adtMapping } from './adt.js';

/** ADT_A15: pending transfer. PV1-42 is where the patient is going to be; nobody has moved yet. */
export const adtA15 = adtMapping('ADT_A15', 4, {
  A15: { type: 'encounter.updated', place: 'pending' },
});
