import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Address, CodeableConcept, ContactPoint, HumanName, Reference } from '../../fhir-types.js';
import { compact } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { identifierOf } from '../datatypes/cx.js';
import { addressOf } from '../datatypes/xad.js';
import { humanName, humanNames } from '../datatypes/xpn.js';
import { contactPoint } from '../datatypes/xtn.js';
import { organizationReference } from '../datatypes/xon.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { gender } from '../tables/gender.js';
import { listedIn } from './patient-lists.js';

type Contact = {
  readonly relationship?: readonly CodeableConcept[];
  readonly name?: HumanName;
  readonly telecom?: readonly ContactPoint[];
  readonly address?: Address;
  readonly gender?: string;
  readonly organization?: Reference;
};

/** The list of contacts is a snapshot; none sent changes nothing (N3). */
export function contactSlots(all: readonly Segment[], slots: Slots, draft: Draft): void {
  const contacts = all.filter(isContactOnly).map((nk1) => contactOf(nk1, draft));
  slots.set(
    'contact',
    contacts.filter((one) => one !== undefined),
  );
}

export function stateRelatedPersons(all: readonly Segment[], subject: PatientIdentifier, draft: Draft): void {
  for (const nk1 of all) if (!isContactOnly(nk1)) stateRelatedPerson(nk1, subject, draft);
}

/** Employers, agencies and insurers are contacts, never related persons (fhir.md §4): by NK1-3, or NK1-7 where it is alone. */
function isContactOnly(nk1: Segment): boolean {
  return ['EMR', 'E', 'F', 'I', 'S'].includes(nk1.field(3).text() || nk1.field(7).text());
}

/** NK1 as `Patient.contact`. Undefined when it names nobody and gives no way to reach them (FHIR pat-1). */
function contactOf(nk1: Segment, draft: Draft): Contact | undefined {
  const { times } = draft;
  const [name, address, organization] = [2, 4, 13].map((n) => nk1.field(n).repetitions[0]);
  const reach = compact({
    name: name && humanName(name, times),
    telecom: telecoms(nk1, draft),
    address: address && addressOf(address, times),
    organization: organization && organizationReference(organization, draft),
  });
  const sex = gender(nk1.field(15).text());
  return reach && compact({ relationship: relationships(nk1, draft), ...reach, gender: sex });
}

/** NK1 as a RelatedPerson. Its key is what it says: NK1 has no number of its own (N3). */
function stateRelatedPerson(nk1: Segment, subject: PatientIdentifier, draft: Draft): void {
  const { times } = draft;
  const slots = new Slots();
  const read = new SlotReader(draft, nk1, slots)
    .lists(2, 'name', (xpn) => humanNames(xpn, times))
    .list(4, 'address', (xad) => addressOf(xad, times))
    .list(5, 'telecom:home', (xtn) => contactPoint(xtn, times, 'home'))
    .list(6, 'telecom:work', (xtn) => contactPoint(xtn, times, 'work'))
    .lists(30, 'name:NK1-30', (xpn) => humanNames(xpn, times))
    .list(32, 'address:NK1-32', (xad) => addressOf(xad, times));
  for (const n of [31, 40, 41]) read.list(n, `telecom:NK1-${n}`, (xtn) => contactPoint(xtn, times));
  read
    .first(15, 'gender', (cwe) => gender(cwe.text()))
    .field(16, 'birthDate', (field) => times.date(field.text()))
    .list(33, 'identifier', (cx) => identifierOf(cx, { draft }));
  if (Object.keys(slots.values).length === 0) return; // NK1|1|"" lists nobody
  slots
    .remove('active') // a list without it may have ended it
    .set('relationship', relationships(nk1, draft))
    .set('period', times.period(nk1.field(8).text(), nk1.field(9).text()))
    .set('patient', draft.patientReference(subject));
  const id = relatedPersonId([nk1.field(2).text(1), nk1.field(2).text(2), nk1.field(3).text()], subject, draft);
  draft.state({ resourceType: 'RelatedPerson', id, slots, listed: listedIn('NK1', subject, draft) });
}

/** Who has no number is known by family and given name and the relationship: NK1 and IN1 mean the same person by it. */
export function relatedPersonId(who: readonly string[], subject: PatientIdentifier, draft: Draft): string {
  return draft.resourceId('RelatedPerson', subject.system, JSON.stringify([draft.patientId(subject), ...who]));
}

// NK1-3 relationship, NK1-7 contact role
function relationships(nk1: Segment, draft: Draft): readonly CodeableConcept[] {
  const at = (n: number, table: string) => {
    const [cwe] = nk1.field(n).repetitions;
    return cwe && conceptOf(cwe, { draft, location: `NK1-${n}`, table });
  };
  return [at(3, '0063'), at(7, '0131')].filter((one) => one !== undefined);
}

// NK1-5 home, NK1-6 work
function telecoms(nk1: Segment, draft: Draft): readonly ContactPoint[] {
  const at = (n: number, use: string) => nk1.field(n).repetitions.map((xtn) => contactPoint(xtn, draft.times, use));
  return [...at(5, 'home'), ...at(6, 'work')].filter((one) => one !== undefined);
}
