import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { conceptOf } from '../datatypes/cwe.js';
import { identifierType } from '../datatypes/cx.js';
import { numberIn } from '../datatypes/ei.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { stateSpecimens } from '../results/spm.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { groupIdentifier } from './group-number.js';
import type { OrderGroup } from './order-groups.js';
import { alternateNumbers, numberSlots, orderNumbers } from './order-numbers.js';
import { orderStatus } from './order-status.js';
import { orderedCode, orderReference, requestKey } from './request-key.js';
import {
  orcSlots,
  reasonReferences,
  requestNotes,
  supportingObservations,
  type RequestPlace,
} from './request-slots.js';
import { askedOf, priorityOf, timingOf, type Asked } from './timing.js';

/** ORC and OBR as a ServiceRequest. An ORC alone says what became of the order. Returns the reference to it. */
export function stateServiceRequest(group: OrderGroup, place: RequestPlace, replaced: readonly Reference[]): Reference {
  const { draft, subject, visit } = place;
  const { orc, detail: obr } = group;
  const numbers = orderNumbers([orc, obr], draft);
  const when = obr?.field(6).text() ?? orc?.field(9).text() ?? '';
  const key = requestKey(numbers, { code: orderedCode(obr, 4), when }, place);
  const id = draft.resourceId('ServiceRequest', key.system, key.key);
  const slots = numberSlots(numbers, new Slots(), draft)
    .set('status', orderStatus(orc, draft))
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference)
    .set('replaces', replaced);
  alternateNumbers({ orc, obr }, slots, draft);
  if (obr) orderSlots(obr, group, { slots, place });
  if (orc) {
    orcSlots(orc, slots, draft);
    slots.set('requisition', groupIdentifier(orc, draft));
    new SlotReader(draft, orc, slots).first(29, 'locationCode', (cwe) => {
      const code = conceptOf(cwe, { draft, location: 'ORC-29', table: '0482' });
      return code && [code];
    });
  }
  const specimens = stateSpecimens({ obr, specimens: group.specimens }, key, { subject, draft });
  slots
    .set('specimen', specimens)
    .set('reasonReference', reasonReferences(group, place))
    .set('supportingInfo', supportingObservations(group, key, place));
  draft.state({ resourceType: 'ServiceRequest', id, slots });
  return { reference: `ServiceRequest/${id}` };
}

interface Request {
  readonly slots: Slots;
  readonly place: RequestPlace;
}

/** OBR: what is asked for. Its OBR-7 is of the specimen or the study, never of the order. */
function orderSlots(obr: Segment, group: OrderGroup, { slots, place }: Request): void {
  const { draft } = place;
  const asked = askedOf(group, draft);
  new SlotReader(draft, obr, slots)
    .first(4, 'code', (cwe) => conceptOf(cwe, { draft, location: 'OBR-4' }))
    .first(16, 'requester', (xcn) => practitionerReference(xcn, draft))
    .first(24, 'category', (cwe) => {
      const section = conceptOf(cwe, { draft, location: 'OBR-24', table: '0074' });
      return section && [section];
    })
    .list(31, 'reasonCode', (cwe) => conceptOf(cwe, { draft, location: 'OBR-31' }))
    .list(46, 'orderDetail:OBR-46', (cwe) => conceptOf(cwe, { draft, location: 'OBR-46' }))
    .list(47, 'orderDetail:OBR-47', (cwe) => conceptOf(cwe, { draft, location: 'OBR-47' }));
  const parent = parentOrder(obr, place);
  slots
    .set('intent', obr.field(11).text().trim().toUpperCase() === 'G' ? 'reflex-order' : 'order')
    .set('priority', priorityOf(asked, obr.field(5).text()))
    .set('quantity[x]', asked[0]?.quantity && { quantityQuantity: asked[0].quantity })
    .set('occurrence[x]', occurrence(asked[0], obr, draft))
    .set('note', requestNotes(group, obr.field(13).formatted, asked[0]?.text ?? ''))
    .set('basedOn', parent && [parent]);
}

/** TQ1 or TQ, else OBR-6. A mere start or period needs no Timing. */
function occurrence(asked: Asked | undefined, obr: Segment, draft: Draft): Json | undefined {
  const period = asked?.period;
  const timing = asked && repeats(asked) ? timingOf(asked) : undefined;
  if (timing !== undefined) return { occurrenceTiming: timing };
  if (period?.end !== undefined) return { occurrencePeriod: period };
  const start = period?.start ?? draft.times.dateTime(obr.field(6).text());
  return start === undefined ? undefined : { occurrenceDateTime: start };
}

function repeats({ pattern, count }: Asked): boolean {
  return pattern !== undefined || count !== undefined;
}

/** OBR-29 EIP: number of the placer, number of the filler, each with subcomponents. */
function parentOrder(obr: Segment, place: RequestPlace): Reference | undefined {
  const { draft } = place;
  const [eip] = obr.field(29).repetitions;
  const [placer, filler] = [1, 2].map((n) => eip && numberIn(eip, n, { location: `OBR-${n + 1}`, draft }));
  const identifier = filler && { type: identifierType('FILL', draft), system: filler.system, value: filler.value };
  return orderReference('ServiceRequest', placer, place) ?? (identifier && { type: 'ServiceRequest', identifier });
}
