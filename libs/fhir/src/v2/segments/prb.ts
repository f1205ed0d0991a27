import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import type { CareGroup } from '../messages/problem-groups.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { actedAt, careAction, careItem, fhirConcept, wordOf, type CareAction } from './care-action.js';
import type { Belonging } from './dg1.js';
import { noteOf } from './nte.js';

/** FHIR's words for the life cycle of a problem (PRB-14) and for how sure it is (PRB-13): both are user-defined tables. */
const lifeCycle = ['active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved'];
const certainties = ['confirmed', 'provisional', 'differential', 'unconfirmed', 'refuted', 'entered-in-error'];

/** PRB as a Condition of the problem list, by PRB-4. Returns a reference to it, for the goals that address it. */
export function stateProblem({ segment, notes }: CareGroup, belonging: Belonging): Reference | undefined {
  const { subject, visit, draft } = belonging;
  const action = careAction(segment, draft);
  const item = careItem(segment, 'Condition', belonging);
  if (item === undefined) return undefined;
  const { id, identifiers, concept } = item;
  const reference = { reference: `Condition/${id}` };
  if (action === undefined) return reference;
  const note = noteOf(notes);
  const slots = new Slots()
    .set('identifier', identifiers)
    .set('category', [fhirConcept('condition-category', 'problem-list-item')])
    .set('code', concept)
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference)
    .set('note', note && [note]);
  course(segment, slots, draft);
  statuses(segment, action, slots);
  draft.state({ resourceType: 'Condition', id, slots, ...actedAt(segment, draft) });
  return reference;
}

// PRB-7, PRB-9, PRB-16 else PRB-17, PRB-26
function course(prb: Segment, slots: Slots, draft: Draft): void {
  const { times } = draft;
  const onset = times.dateTime(prb.field(16).text());
  const text = valued(prb.field(17).text());
  slots.set('onset[x]', onset === undefined ? compact({ onsetString: text }) : { onsetDateTime: onset });
  new SlotReader(draft, prb, slots)
    .field(7, 'recordedDate', (field) => times.dateTime(field.text()))
    .field(9, 'abatement[x]', (field) => compact({ abatementDateTime: times.dateTime(field.text()) }))
    .first(26, 'severity', (cwe) => conceptOf(cwe, { draft, location: 'PRB-26' }));
}

/** A deleted problem never was one, and FHIR forbids a clinical status then (con-5). */
function statuses(prb: Segment, action: CareAction, slots: Slots): void {
  const certainty = action === 'deleted' ? 'entered-in-error' : wordOf(prb.field(13).repetitions[0], certainties);
  slots.set('verificationStatus', certainty === undefined ? undefined : fhirConcept('condition-ver-status', certainty));
  if (certainty === 'entered-in-error') {
    slots.remove('clinicalStatus');
    return;
  }
  const status =
    wordOf(prb.field(14).repetitions[0], lifeCycle) ??
    (slots.values['abatement[x]'] === undefined ? undefined : 'resolved') ??
    (action === 'added' ? 'active' : undefined);
  slots.set('clinicalStatus', status === undefined ? undefined : fhirConcept('condition-clinical', status));
  if (action === 'added') slots.remove('verificationStatus');
}
