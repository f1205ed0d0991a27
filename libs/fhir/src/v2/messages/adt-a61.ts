import { adtMapping } from './adt.js';

/** ADT_A61: the consulting doctors changed (A61); not after all (A62). */
export const adtA61 = adtMapping('ADT_A61', 4, {
  A61: { type: 'encounter.updated', place: 'seen' },
  A62: { type: 'encounter.updated', place: 'unsaid', cancels: ['A61'], unsaid: ['participant:PV1-9'] },
});
