import { adtMapping } from './adt.js';

/** ADT_A52: cancel leave of absence (A52) and cancel the return from it (A53): the status is what it was before. */
export const adtA52 = adtMapping('ADT_A52', 4, {
  A52: { type: 'encounter.updated', place: 'unsaid', cancels: ['A21'] },
  A53: { type: 'encounter.updated', place: 'unsaid', cancels: ['A22'] },
});
