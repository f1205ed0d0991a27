import type { Json } from '@anamnesis/core';
import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { Quantity, Reference } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import { conceptKey } from '../concept-key.js';
import { conceptOf } from '../datatypes/cwe.js';
import { numeric } from '../datatypes/nm.js';
import { placeReference } from '../datatypes/pl.js';
import { unitIn } from '../datatypes/unit.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { segmentsOf, type OrderGroup } from '../orders/order-groups.js';
import { keyOfNumber, numberSlots, orderNumbers, type KeysMet, type ResourceKey } from '../orders/order-numbers.js';
import { routeSlots } from '../orders/rxr.js';
import type { Belonging } from '../segments/dg1.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { completionOf, immunizationStatus, isWithdrawn, statusReason } from './immunization-status.js';
import { vaccineObservations } from './vaccine-observations.js';

export interface ImmunizationPlace extends Belonging {
  readonly keys: KeysMet;
}

/** RXA with its ORC, RXR and OBX as an Immunization: given, refused, or never so. */
export function stateImmunization(group: OrderGroup, rxa: Segment, place: ImmunizationPlace): void {
  const { draft, subject, visit } = place;
  const numbers = vaccineNumbers(group, draft);
  const { system, key } = immunizationKey(rxa, numbers, place);
  const id = draft.resourceId('Immunization', system, key);
  const status = immunizationStatus(rxa, draft);
  const slots = numberSlots(numbers, new Slots(), draft)
    .set('status', status)
    .set('statusReason', statusReason(rxa, status, draft))
    .set('isSubpotent', completionOf(rxa) === 'PA' ? true : undefined)
    .set('vaccineCode', vaccine(rxa, draft) ?? { text: 'not named' })
    .set('patient', draft.patientReference(subject))
    .set('encounter', visit?.reference)
    .set('occurrence[x]', occurrence(rxa, draft))
    .set('recorded', recorded(rxa, group.orc, draft));
  const read = new SlotReader(draft, rxa, slots);
  administration(read);
  performer(read, roles.administering);
  if (group.orc) performer(new SlotReader(draft, group.orc, slots), roles.ordering);
  originSlots(rxa, slots, draft);
  const [rxr] = segmentsOf(group, 'RXR');
  if (rxr) routeSlots(rxr, slots, draft);
  // What was observed of something that never was is not stated again.
  if (!isWithdrawn(rxa)) vaccineObservations(group, { ...place, slots, immunization: { id, system, key } });
  draft.state({ resourceType: 'Immunization', id, slots, isWithdrawing: isWithdrawn(rxa) });
}

/** A registry's 9999 says that it has no number of its own (HL7 2.5.1 immunization guide, ORC-3). */
function vaccineNumbers({ orc }: OrderGroup, draft: Draft): ReturnType<typeof orderNumbers> {
  const { placer, filler } = orderNumbers([orc], draft);
  return { placer, filler: filler?.value === '9999' ? undefined : filler };
}

/** Filler else placer number; without one, patient, vaccine and time. */
function immunizationKey(
  rxa: Segment,
  { filler, placer }: ReturnType<typeof orderNumbers>,
  { draft, subject, keys }: ImmunizationPlace,
): ResourceKey {
  const number = filler ?? placer;
  const code = conceptKey(vaccine(rxa, draft) ?? {});
  const when = rxa.field(3).text();
  const content = { system: subject.system, key: JSON.stringify([draft.patientId(subject), code, when]) };
  return keys.distinct(number ? keyOfNumber(number, draft) : content, code, when);
}

// RXA-5
function vaccine(rxa: Segment, draft: Draft) {
  const [cwe] = rxa.field(5).repetitions;
  return cwe && conceptOf(cwe, { draft, location: 'RXA-5' });
}

// RXA-3; FHIR asks for a date or a word in its place.
function occurrence(rxa: Segment, draft: Draft): Json {
  const at = draft.times.dateTime(rxa.field(3).text());
  return at === undefined ? { occurrenceString: 'unknown' } : { occurrenceDateTime: at };
}

// RXA-22, else ORC-9
function recorded(rxa: Segment, orc: Segment | undefined, draft: Draft): string | undefined {
  return draft.times.dateTime(rxa.field(22).text()) ?? draft.times.dateTime(orc?.field(9).text() ?? '');
}

// RXA-6, RXA-11, RXA-15 to RXA-17, RXA-19, RXA-27
function administration(read: SlotReader): void {
  const { draft, segment: rxa } = read;
  read
    .field(11, 'location', (field) => field.repetitions[0] && administeredAt(field.repetitions[0], draft))
    .first(27, 'location', (pl) => placeReference(pl, draft))
    .first(15, 'lotNumber', (st) => valued(st.text()))
    .field(16, 'expirationDate', (field) => draft.times.date(field.text()))
    .first(17, 'manufacturer', (cwe) => manufacturer(cwe, draft))
    .list(19, 'reasonCode', (cwe) => conceptOf(cwe, { draft, location: 'RXA-19' }));
  read.slots.set('doseQuantity', dose(rxa));
}

/** RXA-6 with RXA-7. 999 says that nobody knows the amount. */
function dose(rxa: Segment): Quantity | undefined {
  const value = numeric(rxa.field(6).text());
  return value === undefined || value.$decimal === '999' ? undefined : { value, ...unitIn(rxa.field(7)) };
}

/** LA2: a place as in PL, else the facility of its fourth component. */
function administeredAt(la2: Repetition, draft: Draft): Reference | undefined {
  const isPlace = [1, 2, 3, 7, 8].some((n) => valued(la2.text(n)) !== undefined);
  const facility = valued(la2.component(4).sub(1));
  if (isPlace) return placeReference(la2, draft);
  return facility === undefined ? undefined : { type: 'Location', display: facility };
}

function manufacturer(cwe: Repetition, draft: Draft): Reference | undefined {
  const concept = conceptOf(cwe, { draft, location: 'RXA-17' });
  const [coding] = concept?.coding ?? [];
  const identifier = coding?.code === undefined ? undefined : compact({ system: coding.system, value: coding.code });
  const display = firstValued(coding?.display ?? '', concept?.text ?? '');
  return compact({ type: 'Organization', identifier, display });
}

/**
 * RXA-9. In the table NIP001, 00 is an administration of the sender's own and every other code a source of history; other
 * codings have no meaning in common and stay notes.
 */
function originSlots(rxa: Segment, slots: Slots, draft: Draft): void {
  const notes: { text: string }[] = [];
  for (const cwe of rxa.field(9).repetitions.filter(({ isNull }) => !isNull)) {
    if (cwe.text(3).toUpperCase() === 'NIP001') {
      const isOwn = cwe.text(1) === '00';
      slots.set('primarySource', isOwn);
      slots.set('reportOrigin', isOwn ? undefined : conceptOf(cwe, { draft, location: 'RXA-9' }));
      if (isOwn) slots.remove('reportOrigin');
    } else {
      const text = firstValued(cwe.text(9), cwe.text(2), cwe.text(1));
      if (text !== undefined) notes.push({ text });
    }
  }
  slots.set('note:RXA-9', notes);
}

/** Who gave it and who ordered it, table 0443. */
const roles = {
  administering: { n: 10, code: 'AP', display: 'Administering Provider' },
  ordering: { n: 12, code: 'OP', display: 'Ordering Provider' },
};

// RXA-10, ORC-12
function performer(read: SlotReader, { n, code, display }: (typeof roles)['ordering']): void {
  const function_ = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0443', code, display }] };
  read.list(n, `performer:${code}`, (xcn) => {
    const actor = practitionerReference(xcn, read.draft);
    return actor && { function: function_, actor };
  });
}
