import { mergeMapping } from './adt-merge.js';

/** ADT_A30: merges before 2.3.1 (A30, A34, A35, A36), and numbers that were wrong (A46, A47, A48, A49). */
export const adtA30 = mergeMapping('ADT_A30', 3, {
  A30: { type: 'patient.merged', patient: 'merged' },
  A34: { type: 'patient.merged', patient: 'merged' },
  A35: { type: 'account.merged', account: 'merged' },
  A36: { type: 'patient.merged', patient: 'merged', account: 'merged' },
  A46: { type: 'patient.renumbered', patient: 'renamed' },
  A47: { type: 'patient.renumbered', patient: 'renamed' },
  A48: { type: 'patient.renumbered', alternate: 'renamed' },
  A49: { type: 'account.renumbered', account: 'renamed' },
});
