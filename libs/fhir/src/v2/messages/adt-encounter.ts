import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import type { Draft } from '../draft.js';
import type { MessagePart } from '../message-part.js';
import type { Visit } from '../segments/encounter-key.js';
import { placeSlots } from '../segments/pv1-places.js';
import { classStatus, isDischarged, visitSlots } from '../segments/pv1.js';
import { visitPlans } from '../segments/pv2.js';
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
  readonly account: Reference | undefined;
}

/**
 * PV1 and PV2 as a statement about the encounter, by what the trigger event does. What PV1-2 lets one think of its status
 * gives way to what any event did.
 */
export function stateEncounter(part: MessagePart, options: EncounterOptions): void {
  const { draft, subject, visit, effect, occurredAt, diagnosis, account } = options;
  const pv1 = part.first('PV1');
  if (pv1 === undefined || visit === undefined) {
    if (pv1 !== undefined && effect.isPersonLevel === undefined) draft.warn('PV1 names no visit: no encounter');
    return;
  }
  const slots = visitSlots(pv1, subject, draft)
    .set('diagnosis', diagnosis)
    .set('status', statusOf(pv1, effect))
    .set('status:result', classStatus(pv1))
    .set('account', account && [account]);
  visitPlans(part.first('PV2'), slots, draft);
  statePlace(pv1, { draft, slots, effect, occurredAt });
  slots.forget(effect.unsaid ?? []);
  const { cancels } = effect;
  if (cancels?.includes('A03')) slots.remove('period.end', 'hospitalization.dischargeDisposition');
  draft.state({ resourceType: 'Encounter', id: visit.id, slots, ...(cancels && { cancels }) });
}

type Place = Pick<EncounterOptions, 'draft' | 'effect' | 'occurredAt'> & { readonly slots: Slots };

function statePlace(pv1: Segment, { draft, slots, effect: { place }, occurredAt }: Place): void {
  if (place === 'unsaid') return;
  if (place !== 'pending') placeSlots(pv1, { draft, slots, kind: place, occurredAt });
  else if (pv1.field(42).isEmpty) draft.warn('PV1-42 names no planned place: PV1-3 is not read');
  else placeSlots(pv1, { draft, slots, kind: 'seen', occurredAt });
}

function statusOf(pv1: Segment, { status, cancels, unsaid }: AdtEffect): string | undefined {
  const isTakenBack = cancels !== undefined || status === 'entered-in-error' || unsaid?.includes('period.end') === true;
  return isDischarged(pv1) && !isTakenBack ? 'finished' : status;
}
