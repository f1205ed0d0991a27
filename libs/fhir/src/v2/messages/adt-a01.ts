import { adtMapping } from './adt.js';

/** ADT_A01: admit, register, update, cancel discharge. A08 keeps the stored status. */
export const adtA01 = adtMapping('ADT_A01', 5, {
  A01: { type: 'encounter.opened', status: 'in-progress', place: 'moved', isReinstating: true },
  A04: { type: 'encounter.opened', status: 'planned', place: 'moved', isReinstating: true },
  A08: { type: 'patient.updated', place: 'seen' },
  A13: { type: 'encounter.opened', status: 'in-progress', place: 'seen', cancels: ['A03'] },
});
