import { adtMapping } from './adt.js';

/** ADT_A60: allergies, each acted upon by its own code. */
export const adtA60 = adtMapping('ADT_A60', 4, {
  A60: { type: 'allergy.recorded', place: 'unsaid' },
});
