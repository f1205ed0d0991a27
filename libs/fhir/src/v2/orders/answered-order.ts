import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier } from '../datatypes/ei.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import type { Order } from '../results/order-key.js';
import type { Visit } from '../segments/encounter-key.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { alternateNumbers, keyOfNumber } from './order-numbers.js';
import { orderStatus } from './order-status.js';
import { priorityOf } from './timing.js';

/** An OBR of a message of results, with what names its order. */
export interface Answer {
  readonly order: Order;
  readonly obr: Segment;
  readonly orc: Segment | undefined;
  readonly statedAt: string | undefined;
  /** Its results are all withdrawn. */
  readonly isWithdrawing: boolean;
}

interface AnswerPlace {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
  readonly visit: Visit | undefined;
}

/**
 * What results say of the orders that they answer (guide, OBR[ServiceRequest] in ORU_R01: the receiver need not have seen
 * the order). The slots are parts `result`, which give way to what an order message says; ORC-5 is the filler's word and
 * counts by its time. Of several OBR under one placer number the one with the ORC describes the order; where each has one,
 * or none, its number alone is said. Without a placer number nobody ordered.
 */
export function stateAnsweredOrders(answers: readonly Answer[], place: AnswerPlace): void {
  const byId = new Map<string, Answer[]>();
  for (const answer of answers) {
    const { placer } = answer.order;
    if (placer === undefined) continue;
    const { system, key } = keyOfNumber(placer, place.draft);
    const id = place.draft.resourceId('ServiceRequest', system, key);
    const held = byId.get(id);
    if (held === undefined) byId.set(id, [answer]);
    else held.push(answer);
  }
  for (const [id, all] of byId) {
    // The one that its ORC stands with, where only one of them has an ORC (guide, ORU_R01: OBR[ServiceRequest] if ORC valued).
    const [answer, ...others] = all.length > 1 ? all.filter(({ orc }) => orc !== undefined) : all;
    if (answer !== undefined && others.length === 0) stateAnsweredOrder(id, answer, place);
    else place.draft.warn('several OBR of one order: what they say of it stays in the message');
  }
}

function stateAnsweredOrder(id: string, answer: Answer, place: AnswerPlace): void {
  const { order, obr, orc, statedAt, isWithdrawing } = answer;
  const { draft, subject, visit } = place;
  const filler = entityIdentifier(order.filler, draft, 'FILL');
  const slots = new Slots()
    .set('identifier:FILL', filler && [filler])
    .set('status', orderStatus(orc, draft))
    .set('intent:result', obr.field(11).text().trim().toUpperCase() === 'G' ? 'reflex-order' : 'order')
    .set('priority:result', priorityOf([], obr.field(5).text()))
    .set('subject', draft.patientReference(subject))
    .set('encounter:result', visit?.reference);
  alternateNumbers({ orc, obr }, slots, draft);
  new SlotReader(draft, obr, slots)
    .first(4, 'code:result', (cwe) => conceptOf(cwe, { draft, location: 'OBR-4' }))
    .first(16, 'requester:result', (xcn) => practitionerReference(xcn, draft))
    .list(31, 'reasonCode:result', (cwe) => conceptOf(cwe, { draft, location: 'OBR-31' }));
  draft.state({
    resourceType: 'ServiceRequest',
    id,
    slots,
    isWithdrawing,
    ...(statedAt !== undefined && { statedAt }),
  });
}
