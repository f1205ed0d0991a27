import type { Segment } from '@anamnesis/hl7v2';
import { practitionerReference } from '../datatypes/xcn.js';
import { organizationReference } from '../datatypes/xon.js';
import { SlotReader } from '../slot-reader.js';
import type { Slots } from '../slots.js';
import type { Draft } from '../draft.js';

/** PD1-3 and PD1-4: where and by whom the patient is cared for first. */
export function primaryCareSlots(pd1: Segment, slots: Slots, draft: Draft): void {
  new SlotReader(draft, pd1, slots)
    .list(3, 'generalPractitioner:PD1-3', (xon) => organizationReference(xon, draft))
    .list(4, 'generalPractitioner:PD1-4', (xcn) => practitionerReference(xcn, draft));
}
