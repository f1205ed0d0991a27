import { adtMapping } from './adt.js';

/** ADT_A03: discharge. */
export const adtA03 = adtMapping('ADT_A03', 5, {
  A03: { type: 'encounter.closed', status: 'finished', place: 'seen' },
});
