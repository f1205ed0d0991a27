import { adtMapping } from './adt.js';

/** ADT_A09: departing and arriving, and cancel admit. On departure PV1-3 is where the patient is going to be. */
export const adtA09 = adtMapping('ADT_A09', 5, {
  A09: { type: 'encounter.moved', place: 'unsaid' },
  A10: { type: 'encounter.moved', place: 'moved' },
  A11: { type: 'encounter.cancelled', status: 'cancelled', place: 'unsaid', cancels: ['A01', 'A04'] },
});
