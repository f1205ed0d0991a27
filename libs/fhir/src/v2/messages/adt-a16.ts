import { adtMapping } from './adt.js';

/** ADT_A16: pending discharge. PV2-9 says when it is planned; PV1-36 and PV1-45 are no discharge yet. */
export const adtA16 = adtMapping('ADT_A16', 4, {
  A16: { type: 'encounter.updated', place: 'seen', unsaid: ['period.end', 'hospitalization.dischargeDisposition'] },
});
