import { adtMapping } from './adt.js';

/** ADT_A12: cancel transfer. The place is what it was without the A02; PV1-3 is not agreed upon between senders. */
export const adtA12 = adtMapping('ADT_A12', 5, {
  A12: { type: 'encounter.moved', place: 'unsaid', cancels: ['A02'] },
});
