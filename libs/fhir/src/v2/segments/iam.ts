import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import type { NotedSegment } from '../message-part.js';
import { SlotReader } from '../slot-reader.js';
import type { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';
import { noteOf } from './nte.js';
import { allergyId, allergySlots, clinicalStatus } from './al1.js';

/** IAM-17, table 0438: is it one at all? */
const certainties = codeMap({
  C: 'confirmed',
  I: 'confirmed',
  U: 'unconfirmed',
  P: 'unconfirmed',
  S: 'unconfirmed',
  D: 'unconfirmed',
});

/**
 * IAM: one allergy, acted upon by IAM-6 (table 0206) and known by IAM-7. A and U say what it is, D that it never was, X
 * that nothing changed. What is not named stays as it is (N4). Without IAM-7 it is that of an AL1 with the same code.
 */
export function stateActedAllergy(noted: NotedSegment, subject: PatientIdentifier, draft: Draft): void {
  const { segment: iam, notes } = noted;
  const action = iam.field(6).text().trim().toUpperCase();
  if (action === 'X') return;
  const number = entityNumber(iam.field(7), 'IAM-7', draft);
  const code = substance(iam, draft);
  if (number === undefined && code === undefined) {
    draft.warn('IAM-3 names no substance and IAM-7 no allergy');
    return;
  }
  const identifier = entityIdentifier(number, draft);
  const note = noteOf(notes);
  const slots = allergySlots(iam)
    .set('identifier', identifier && [identifier])
    .set('code', code)
    .set('patient', draft.patientReference(subject))
    .set('note', note && [note]);
  statuses(iam, action, slots);
  times(iam, slots, draft);
  const id = number
    ? draft.resourceId('AllergyIntolerance', number.system, draft.businessKey(number.authority, [number.value]))
    : allergyId(code ?? {}, subject, draft);
  draft.state({ resourceType: 'AllergyIntolerance', id, slots });
}

// IAM-3, with the codes that the clinician chose (IAM-27).
function substance(iam: Segment, draft: Draft): CodeableConcept | undefined {
  const [said, chosen] = [3, 27].map((n) => {
    const [cwe] = iam.field(n).repetitions;
    return cwe && conceptOf(cwe, { draft, location: `IAM-${n}` });
  });
  return compact({ coding: [...(said?.coding ?? []), ...(chosen?.coding ?? [])], text: said?.text ?? chosen?.text });
}

/** D and E (erroneous) take it back: FHIR forbids a clinical status then (ait-2). */
function statuses(iam: Segment, action: string, slots: Slots): void {
  const status = iam.field(17).text().trim().toUpperCase();
  if (action === 'D' || status === 'E') {
    slots.set('verificationStatus', verification('entered-in-error')).remove('clinicalStatus');
    return;
  }
  const certainty = certainties.get(status);
  slots.set('clinicalStatus', clinicalStatus(status === 'I' ? 'inactive' : 'active'));
  if (certainty !== undefined) slots.set('verificationStatus', verification(certainty));
  else if (action === 'A') slots.remove('verificationStatus');
}

function verification(code: string): CodeableConcept {
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code }] };
}

// IAM-11, else IAM-12; IAM-13
function times(iam: Segment, slots: Slots, draft: Draft): void {
  const onset = draft.times.dateTime(iam.field(11).text());
  const text = valued(iam.field(12).text());
  const said = onset === undefined ? compact({ onsetString: text }) : { onsetDateTime: onset };
  slots.set('onset[x]', said);
  new SlotReader(draft, iam, slots).field(13, 'recordedDate', (field) => draft.times.dateTime(field.text()));
}
