import { adtMapping } from './adt.js';

/** ADT_A06: the same encounter changes its class, to inpatient (A06) or to outpatient (A07). */
export const adtA06 = adtMapping('ADT_A06', 5, {
  A06: { type: 'encounter.moved', status: 'in-progress', place: 'moved' },
  A07: { type: 'encounter.moved', status: 'in-progress', place: 'moved' },
});
