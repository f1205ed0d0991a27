import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { numberIn, type EntityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import { keyOfNumber } from '../orders/order-numbers.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';

/**
 * SPM as a Specimen: known by its own number (SPM-2) whatever orders it serves, else by its place in its order (SPM-1).
 */
export function stateSpecimen(
  spm: Segment,
  order: { readonly system: string; readonly key: string },
  place: { subject: PatientIdentifier; draft: Draft },
): Reference {
  const { subject, draft } = place;
  const numbers = specimenNumbers(spm, draft);
  const type = spm.field(4).repetitions[0];
  const slots = new Slots()
    .set(
      'identifier',
      numbers.map(({ system, value }) => ({ system, value })),
    )
    .set('type', type && conceptOf(type, { draft, location: 'SPM-4', table: '0487' }))
    .set('subject', draft.patientReference(subject))
    .set('collection', collection(spm, draft));
  new SlotReader(draft, spm, slots).field(18, 'receivedTime', (field) => draft.times.dateTime(field.text()));
  const ofOrder = { system: order.system, key: JSON.stringify([order.key, spm.field(1).text()]) };
  const { system, key } = numbers[0] ? keyOfNumber(numbers[0], draft) : ofOrder;
  const id = draft.resourceId('Specimen', system, key);
  draft.state({ resourceType: 'Specimen', id, slots });
  return { reference: `Specimen/${id}` };
}

// SPM-2 EIP: number of the filler, number of the placer, each with subcomponents.
function specimenNumbers(spm: Segment, draft: Draft): readonly EntityNumber[] {
  const [eip] = spm.field(2).repetitions;
  return [2, 1].map((n) => eip && numberIn(eip, n, { location: 'SPM-2', draft })).filter((one) => one !== undefined);
}

// SPM-7, SPM-8, SPM-17
function collection(spm: Segment, draft: Draft): Json | undefined {
  const [method, site] = [spm.field(7).repetitions[0], spm.field(8).repetitions[0]];
  const range = draft.times.period(spm.field(17).text(1), spm.field(17).text(2));
  const isPeriod = range?.end !== undefined;
  return compact({
    collectedPeriod: isPeriod ? range : undefined,
    collectedDateTime: isPeriod ? undefined : range?.start,
    method: method && conceptOf(method, { draft, location: 'SPM-7', table: '0488' }),
    bodySite: site && conceptOf(site, { draft, location: 'SPM-8' }),
  });
}
