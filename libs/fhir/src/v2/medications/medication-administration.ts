import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { compact, firstValued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { placeReference } from '../datatypes/pl.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { segmentsOf, type OrderGroup } from '../orders/order-groups.js';
import {
  keyOfNumber,
  numberSlots,
  orderNumbers,
  type OrderNumbers,
  type ResourceKey,
} from '../orders/order-numbers.js';
import { orderedCode, orderReference } from '../orders/request-key.js';
import { requestNotes, supportingObservations, type RequestPlace } from '../orders/request-slots.js';
import { routeOf } from '../orders/rxr.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';
import { medicationSlots, quantityIn } from './medication.js';

const drug = { code: 5, form: 8, strength: 13, strengthUnits: 14, volume: 23, volumeUnits: 24 };

/** RXA-20, table 0322: a dose that was refused or left out is a record too. */
const statuses = codeMap({ CP: 'completed', PA: 'completed', RE: 'not-done', NA: 'not-done' });

/** RXA of a RAS as a MedicationAdministration, under the prescription of its placer number. */
export function stateMedicationAdministration(group: OrderGroup, rxa: Segment, place: RequestPlace): void {
  const { draft, subject, visit } = place;
  const numbers = orderNumbers([group.orc], draft);
  const key = administrationKey(rxa, numbers, place);
  const slots = numberSlots(numbers, new Slots(), draft)
    .set('status', administrationStatus(rxa, draft))
    .set('subject', draft.patientReference(subject))
    .set('context', visit?.reference)
    .set('request', orderReference('MedicationRequest', numbers.placer, place))
    .set('effective[x]', effective(rxa, draft))
    .set('dosage', dosage(rxa, group, draft))
    .set('supportingInformation', supportingObservations(group, key, place))
    .set('note', requestNotes(group, ...noteTexts(rxa)));
  medicationSlots(rxa, drug, { slots, draft, components: [] });
  administrationSlots(new SlotReader(draft, rxa, slots));
  const id = draft.resourceId('MedicationAdministration', key.system, key.key);
  draft.state({ resourceType: 'MedicationAdministration', id, slots, isWithdrawing: isWithdrawn(rxa) });
}

/** Order number with the counts of RXA-1 and RXA-2, drug and time (fhir.md §3). */
function administrationKey(
  rxa: Segment,
  { filler, placer }: OrderNumbers,
  { draft, subject, keys }: RequestPlace,
): ResourceKey {
  const number = filler ?? placer;
  const parts = [rxa.field(1).text(), rxa.field(2).text(), orderedCode(rxa, drug.code), rxa.field(3).text()];
  const key = { system: subject.system, key: JSON.stringify([draft.patientId(subject), 'RXA', ...parts]) };
  return keys.distinct(number ? keyOfNumber(number, draft, ...parts) : key);
}

// RXA-21
function isWithdrawn(rxa: Segment): boolean {
  return rxa.field(21).text().trim().toUpperCase() === 'D';
}

// RXA-20, RXA-21
function administrationStatus(rxa: Segment, draft: Draft): string {
  if (isWithdrawn(rxa)) return 'entered-in-error';
  const code = rxa.field(20).text().trim().toUpperCase();
  const status = statuses.get(code);
  if (status !== undefined) return status;
  if (code !== '') draft.warn('RXA-20 is not in table 0322');
  if (!rxa.field(18).isEmpty) return 'not-done';
  return code === '' ? 'completed' : 'unknown';
}

// RXA-3, RXA-4
function effective(rxa: Segment, draft: Draft): Json | undefined {
  const period = draft.times.period(rxa.field(3).text(), rxa.field(4).text());
  if (period?.end !== undefined && period.end !== period.start) return { effectivePeriod: period };
  return period?.start === undefined ? undefined : { effectiveDateTime: period.start };
}

// RXA-6 with RXA-7, RXA-12, RXR
function dosage(rxa: Segment, group: OrderGroup, draft: Draft): Json | undefined {
  return compact({
    ...routeOf(segmentsOf(group, 'RXR')[0], draft),
    dose: rxa.field(6).text() === '999' ? undefined : quantityIn(rxa, 6, 7),
  });
}

// RXA-9
function noteTexts(rxa: Segment): readonly string[] {
  return rxa.field(9).repetitions.map((cwe) => firstValued(cwe.text(9), cwe.text(2), cwe.text(1)) ?? '');
}

// RXA-10, RXA-18, RXA-19, RXA-27
function administrationSlots(read: SlotReader): void {
  const { draft } = read;
  read
    .list(10, 'performer', (xcn) => {
      const actor = practitionerReference(xcn, draft);
      return actor && { actor };
    })
    .list(18, 'statusReason', (cwe) => conceptOf(cwe, { draft, location: 'RXA-18' }))
    .list(19, 'reasonCode', (cwe) => conceptOf(cwe, { draft, location: 'RXA-19' }))
    .first(27, 'extension:location', (pl) => {
      const place = placeReference(pl, draft);
      const url = 'http://hl7.org/fhir/StructureDefinition/event-location';
      return place && [{ url, valueReference: place }];
    });
}
