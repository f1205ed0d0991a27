import { mergeMapping } from './adt-merge.js';

/** ADT_A43: numbers of a patient move to another one. */
export const adtA43 = mergeMapping('ADT_A43', 2, {
  A43: { type: 'patient.reassigned', patient: 'moved' },
});

/** ADT_A44: an account moves to another patient. */
export const adtA44 = mergeMapping('ADT_A44', 2, {
  A44: { type: 'account.reassigned', account: 'moved' },
});

/** ADT_A45: visits move to another patient or account. */
export const adtA45 = mergeMapping('ADT_A45', 2, {
  A45: { type: 'encounter.reassigned', visit: 'moved' },
});
