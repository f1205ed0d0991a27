import { adtMapping } from './adt.js';

/** ADT_A16: pending discharge. PV2-9 says when it is planned; a time in PV1-45 is no discharge yet. */
export const adtA16 = adtMapping('ADT_A16', 1, {
  A16: { type: 'encounter.updated', place: 'seen', unsaid: ['period.end'] },
});
