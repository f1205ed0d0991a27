import { mergeMapping } from './adt-merge.js';

/** ADT_A39: A40 and its older form A39 retire a number in favour of another; A41 an account, A42 a visit. */
export const adtA39 = mergeMapping('ADT_A39', 3, {
  A39: { type: 'patient.merged', patient: 'merged' },
  A40: { type: 'patient.merged', patient: 'merged' },
  A41: { type: 'account.merged', account: 'merged' },
  A42: { type: 'encounter.merged', visit: 'merged' },
});
