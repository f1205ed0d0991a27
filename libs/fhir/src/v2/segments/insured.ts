import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { conceptOf } from '../datatypes/cwe.js';
import { addressOf } from '../datatypes/xad.js';
import { humanNames } from '../datatypes/xpn.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { gender } from '../tables/gender.js';
import { relatedPersonId } from './nk1.js';

/** IN1-17, table 0063: the patient is the insured. */
const self = new Set(['SEL', 'SELF', 'SLF', '18']);

/**
 * Who holds the policy (guide, IN1[Coverage]): the patient, or the person of IN1-16. Without IN1-17 nobody knows whether
 * that is the patient. A person whom an NK1 of the message tells of is left to it, and ended by no list of NK1.
 */
export function subscriberOf(in1: Segment, subject: PatientIdentifier, draft: Draft): Reference | undefined {
  const relationship = in1.field(17).text().trim().toUpperCase();
  if (relationship === '' || in1.field(17).isNull) return undefined;
  if (self.has(relationship)) return draft.patientReference(subject);
  const { times } = draft;
  const slots = new Slots();
  const read = new SlotReader(draft, in1, slots).lists(16, 'name', (xpn) => humanNames(xpn, times));
  if (slots.values['name'] === undefined) return undefined;
  const id = relatedPersonId([in1.field(16).text(1), in1.field(16).text(2), in1.field(17).text()], subject, draft);
  const reference = { reference: `RelatedPerson/${id}` };
  if (draft.hasStated(id)) {
    draft.unlist(id);
    return reference;
  }
  read
    .first(17, 'relationship', (cwe) => {
      const concept = conceptOf(cwe, { draft, location: 'IN1-17', table: '0063' });
      return concept && [concept];
    })
    .field(18, 'birthDate', (field) => times.date(field.text()))
    .list(19, 'address', (xad) => addressOf(xad, times))
    .first(43, 'gender', (cwe) => gender(cwe.text()));
  slots.remove('active').set('patient', draft.patientReference(subject));
  draft.state({ resourceType: 'RelatedPerson', id, slots });
  return reference;
}
