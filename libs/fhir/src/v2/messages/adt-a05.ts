import { adtMapping } from './adt.js';

/** ADT_A05: pre-admit, pending admit; A28 and A31 are about the person and leave every encounter alone. */
export const adtA05 = adtMapping('ADT_A05', 5, {
  A05: { type: 'encounter.opened', status: 'planned', place: 'moved', isReinstating: true },
  A14: { type: 'encounter.opened', status: 'planned', place: 'moved', isReinstating: true },
  A28: { type: 'patient.registered', place: 'unsaid', isPersonLevel: true, isReinstating: true },
  A31: { type: 'patient.updated', place: 'unsaid', isPersonLevel: true },
});
