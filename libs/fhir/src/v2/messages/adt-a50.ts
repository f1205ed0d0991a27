import { mergeMapping } from './adt-merge.js';

/** ADT_A50: the number of a visit was wrong (A50), or its other number (A51). */
export const adtA50 = mergeMapping('ADT_A50', 3, {
  A50: { type: 'encounter.renumbered', visit: 'renamed' },
  A51: { type: 'encounter.renumbered', alternateVisit: 'renamed' },
});
