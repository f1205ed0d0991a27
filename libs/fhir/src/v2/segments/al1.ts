import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';
import { conceptKey } from '../concept-key.js';

/** HL7 table 0127. Miscellaneous allergies and contraindications have no category in FHIR. */
const categories = codeMap({
  DA: 'medication',
  FA: 'food',
  EA: 'environment',
  AA: 'biologic',
  PA: 'environment',
  LA: 'environment',
});
const types = codeMap({
  DA: 'allergy',
  FA: 'allergy',
  MA: 'allergy',
  EA: 'allergy',
  AA: 'allergy',
  PA: 'allergy',
  LA: 'allergy',
});

/** HL7 table 0128, as what the allergy can do and as how bad the reaction was. */
const criticalities = codeMap({ SV: 'high', MI: 'low' });
const severities = codeMap({ SV: 'severe', MO: 'moderate', MI: 'mild' });

/** AL1. A segment that is not sent takes no allergy away (N3). */
export function stateAllergy(al1: Segment, subject: PatientIdentifier, draft: Draft): void {
  const [substance] = al1.field(3).repetitions;
  const code = substance && conceptOf(substance, { draft, location: 'AL1-3' });
  if (code === undefined) {
    draft.warn('AL1-3 names no substance');
    return;
  }
  const slots = allergySlots(al1)
    .set('clinicalStatus', clinicalStatus('active'))
    .set('code', code)
    .set('patient', draft.patientReference(subject))
    .set('onset[x]', compact({ onsetDateTime: draft.times.dateTime(al1.field(6).text()) }));
  const id = allergyId(code, subject, draft);
  draft.state({ resourceType: 'AllergyIntolerance', id, slots });
}

/** What AL1-2, -4, -5 and the same fields of IAM say: kind, how bad, what was seen. */
export function allergySlots(segment: Segment): Slots {
  const kind = segment.field(2).text();
  const category = categories.get(kind);
  return new Slots()
    .set('type', types.get(kind))
    .set('category', category === undefined ? undefined : [category])
    .set('criticality', criticalities.get(segment.field(4).text()))
    .set('reaction', reaction(segment));
}

export function clinicalStatus(code: string): CodeableConcept {
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code }] };
}

/** An allergy without a number of its own: one of its patient to one substance. */
export function allergyId(code: CodeableConcept, subject: PatientIdentifier, draft: Draft): string {
  const key = JSON.stringify([draft.patientId(subject), conceptKey(code)]);
  return draft.resourceId('AllergyIntolerance', subject.system, key);
}

// AL1-5 repeats: what was seen; AL1-4: how bad.
function reaction(segment: Segment): readonly { manifestation: readonly CodeableConcept[]; severity?: string }[] {
  const texts = segment.field(5).repetitions.map((one) => valued(one.text(1)) ?? valued(one.text(2)));
  const manifestation = texts.filter((text) => text !== undefined).map((text) => ({ text }));
  const said = compact({ manifestation, severity: severities.get(segment.field(4).text()) });
  return said === undefined || manifestation.length === 0 ? [] : [said];
}
