import { adtMapping } from './adt.js';

/** ADT_A21, as far as it is about whole encounters: delete a visit (A23: it never was), cancel a pending admit (A27). */
export const adtA21 = adtMapping('ADT_A21', 1, {
  A23: { type: 'encounter.cancelled', status: 'entered-in-error', place: 'unsaid' },
  A27: { type: 'encounter.cancelled', status: 'cancelled', place: 'unsaid', cancels: ['A14'] },
});
