import { adtMapping } from './adt.js';

/** ADT_A54: the attending doctor changed (A54); not after all (A55): the one before attends, as history has it. */
export const adtA54 = adtMapping('ADT_A54', 4, {
  A54: { type: 'encounter.updated', place: 'seen' },
  A55: { type: 'encounter.updated', place: 'unsaid', cancels: ['A54'], unsaid: ['participant:PV1-7'] },
});
