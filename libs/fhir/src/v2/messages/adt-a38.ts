import { adtMapping } from './adt.js';

/** ADT_A38: cancel pre-admit. */
export const adtA38 = adtMapping('ADT_A38', 5, {
  A38: { type: 'encounter.cancelled', status: 'cancelled', place: 'unsaid', cancels: ['A05'] },
});
