import { adtMapping } from './adt.js';

/** ADT_A02: transfer. */
export const adtA02 = adtMapping('ADT_A02', 5, {
  A02: { type: 'encounter.moved', status: 'in-progress', place: 'moved' },
});
