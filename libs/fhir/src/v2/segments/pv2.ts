import type { Json } from '@anamnesis/core';
import type { Field, Segment } from '@anamnesis/hl7v2';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import type { Slots } from '../slots.js';

/** Elements that Encounter has in FHIR R5 only, as the v2-to-FHIR guide carries them in R4. */
const plans = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter';

/** PV2-3 why, PV2-8 and PV2-9 when the stay is planned to begin and end. */
export function visitPlans(pv2: Segment | undefined, slots: Slots, draft: Draft): void {
  if (pv2 === undefined) return;
  const planned = (element: string) => (field: Field) => plannedAt(element, draft.times.dateTime(field.text()));
  new SlotReader(draft, pv2, slots)
    .list(3, 'reasonCode', (cwe) => conceptOf(cwe, { draft, location: 'PV2-3' }))
    .field(8, 'extension:plannedStart', planned('plannedStartDate'))
    .field(9, 'extension:plannedEnd', planned('plannedEndDate'));
}

function plannedAt(element: string, at: string | undefined): readonly Json[] | undefined {
  return at === undefined ? undefined : [{ url: `${plans}.${element}`, valueDateTime: at }];
}
