import { mergeMapping } from './adt-merge.js';

/** ADT_A18: the oldest merge of patients. */
export const adtA18 = mergeMapping('ADT_A18', 2, {
  A18: { type: 'patient.merged', patient: 'merged' },
});
