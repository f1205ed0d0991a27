import { adtMapping } from './adt.js';

/** ADT_A05: pre-admit, pending admit; A28 and A31 are about the person and leave every encounter alone. */
export const adtA05 = adtMapping('ADT_A05', 1, {
  A05: { type: 'encounter.opened', status: 'planned', place: 'moved' },
  A14: { type: 'encounter.opened', status: 'planned', place: 'moved' },
  A28: { type: 'patient.registered', place: 'unsaid', isPersonLevel: true },
  A31: { type: 'patient.updated', place: 'unsaid', isPersonLevel: true },
});
