import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import type { Visit } from '../segments/encounter-key.js';
import { placeSlots } from '../segments/pv1-places.js';
import { isDischarged, visitSlots } from '../segments/pv1.js';
import { SlotReader } from '../slot-reader.js';
import type { Slots } from '../slots.js';
import type { AdtEffect } from './adt-effect.js';

export interface EncounterOptions {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
  /** Absent: the message names no visit, or is not about one. */
  readonly visit: Visit | undefined;
  readonly effect: AdtEffect;
  readonly occurredAt: string | undefined;
  readonly diagnosis: readonly Json[];
}

/** PV1 and PV2 as a statement about the encounter, by what the trigger event does. */
export function stateEncounter({ draft, subject, visit, effect, occurredAt, diagnosis }: EncounterOptions): void {
  const pv1 = draft.message.first('PV1');
  if (pv1 === undefined || visit === undefined) {
    if (pv1 !== undefined && effect.isPersonLevel === undefined) draft.warn('PV1 names no visit: no encounter');
    return;
  }
  const slots = visitSlots(pv1, subject, draft).set('diagnosis', diagnosis).set('status', statusOf(pv1, effect));
  reason(slots, draft);
  if (effect.place !== 'unsaid') placeSlots(pv1, { draft, slots, kind: effect.place, occurredAt });
  const { cancels } = effect;
  if (cancels?.includes('A03')) slots.remove('period.end', 'hospitalization.dischargeDisposition');
  draft.state({ resourceType: 'Encounter', id: visit.id, slots, ...(cancels && { cancels }) });
}

function statusOf(pv1: Segment, { status, cancels }: AdtEffect): string | undefined {
  const isTakenBack = cancels !== undefined || status === 'entered-in-error';
  return isDischarged(pv1) && !isTakenBack ? 'finished' : status;
}

// PV2-3
function reason(slots: Slots, draft: Draft): void {
  const pv2 = draft.message.first('PV2');
  if (pv2)
    new SlotReader(draft, pv2, slots).list(3, 'reasonCode', (cwe) => conceptOf(cwe, { draft, location: 'PV2-3' }));
}
