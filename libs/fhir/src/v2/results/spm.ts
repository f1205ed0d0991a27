import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Identifier, Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import type { Order } from './order-key.js';

/** SPM as a Specimen of its order; known by SPM-2, else by its place (SPM-1). */
export function stateSpecimen(
  spm: Segment,
  order: Order,
  place: { subject: PatientIdentifier; draft: Draft },
): Reference {
  const { subject, draft } = place;
  const numbers = specimenNumbers(spm, draft);
  const type = spm.field(4).repetitions[0];
  const slots = new Slots()
    .set('identifier', numbers)
    .set('type', type && conceptOf(type, { draft, location: 'SPM-4', table: '0487' }))
    .set('subject', draft.patientReference(subject))
    .set('collection', collection(spm, draft));
  new SlotReader(draft, spm, slots).field(18, 'receivedTime', (field) => draft.times.dateTime(field.text()));
  const key = JSON.stringify([order.key, numbers[0]?.value ?? spm.field(1).text()]);
  const id = draft.resourceId('Specimen', order.system, key);
  draft.state({ resourceType: 'Specimen', id, slots });
  return { reference: `Specimen/${id}` };
}

// SPM-2 EIP: number of the placer, number of the filler, each with subcomponents.
function specimenNumbers(spm: Segment, draft: Draft): readonly Identifier[] {
  const [eip] = spm.field(2).repetitions;
  return [2, 1].flatMap((n) => {
    const part = eip?.component(n);
    const value = valued(part?.sub(1) ?? '');
    if (part === undefined || value === undefined) return [];
    const authority = { namespaceId: part.sub(2), universalId: part.sub(3), universalIdType: part.sub(4) };
    return [{ system: draft.systemOf(authority, 'SPM-2'), value }];
  });
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
