import type { PatientIdentifier } from '@anamnesis/core';
import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { Coding, Identifier, Reference } from '../../fhir-types.js';
import { conceptOf } from '../datatypes/cwe.js';
import { identifierOf } from '../datatypes/cx.js';
import { placeReference } from '../datatypes/pl.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';
import { facilityReference } from './msh.js';

/** What any PV1 says of its encounter, whatever the event; status and places depend on the event. */
export function visitSlots(pv1: Segment, subject: PatientIdentifier, draft: Draft): Slots {
  const slots = new Slots().set('subject', draft.patientReference(subject));
  const read = new SlotReader(draft, pv1, slots);
  identifiers(read);
  kinds(read);
  participants(read);
  hospitalization(read);
  period(read);
  return slots.set('serviceProvider', facilityReference(draft));
}

/** PV1-45 valued means finished whatever the event (fhir.md §4), unless the event takes something back. */
export function isDischarged(pv1: Segment): boolean {
  return !pv1.field(45).isEmpty && !pv1.field(45).isNull;
}

/** PV1-2, table 0004, as a status (guide, PatientClass[EncounterStatus]): what a class lets one think while nobody says more. */
const statusByClass = codeMap({
  B: 'in-progress',
  C: 'in-progress',
  E: 'in-progress',
  I: 'in-progress',
  N: 'in-progress',
  O: 'in-progress',
  P: 'planned',
  R: 'in-progress',
  U: 'unknown',
});

export function classStatus(pv1: Segment): string | undefined {
  return statusByClass.get(pv1.field(2).text().trim().toUpperCase());
}

// PV1-44, PV1-45
function period(read: SlotReader): void {
  const { times } = read.draft;
  read
    .field(44, 'period.start', (field) => times.dateTime(field.text()))
    .field(45, 'period.end', (field) => times.dateTime(field.text()));
}

// PV1-19, PV1-50
function identifiers(read: SlotReader): void {
  read
    .list(19, 'identifier:PV1-19', (cx) => visitNumber(cx, 'PV1-19', read.draft))
    .list(50, 'identifier:PV1-50', (cx) => visitNumber(cx, 'PV1-50', read.draft));
}

/** CX of visits: PV1-19, PV1-50, and what MRG says of them. */
export function visitNumbers(
  segment: Segment,
  n: number,
  { draft, location }: { readonly draft: Draft; readonly location: string },
): readonly Identifier[] {
  return segment.field(n).repetitions.flatMap((cx) => visitNumber(cx, location, draft) ?? []);
}

function visitNumber(cx: Repetition, location: string, draft: Draft): Identifier | undefined {
  return identifierOf(cx, { draft, systemDefault: draft.fieldSystem(location), typeDefault: 'VN' });
}

// PV1-2, PV1-4, PV1-10
function kinds(read: SlotReader): void {
  const { draft } = read;
  read
    .first(2, 'class', (cwe) => encounterClass(cwe, draft))
    .first(4, 'type', (cwe) => listOf(conceptOf(cwe, { draft, location: 'PV1-4', table: '0007' })))
    .first(10, 'serviceType', (cwe) => conceptOf(cwe, { draft, location: 'PV1-10', table: '0069' }));
}

/** One coding: the code FHIR binds to where a map has it, else the code as sent. */
export function encounterClass(cwe: Repetition, draft: Draft): Coding | undefined {
  const codings = conceptOf(cwe, { draft, location: 'PV1-2', table: '0004' })?.coding ?? [];
  const [sent] = codings;
  const mapped = codings.find(({ userSelected }) => userSelected === false);
  return mapped?.system !== undefined && mapped.code !== undefined
    ? { system: mapped.system, code: mapped.code, ...(sent?.display !== undefined && { display: sent.display }) }
    : sent;
}

/** Field and v3-ParticipationType. */
const roles: readonly (readonly [number, string, string])[] = [
  [7, 'ATND', 'attender'],
  [8, 'REF', 'referrer'],
  [9, 'CON', 'consultant'],
  [17, 'ADM', 'admitter'],
  [52, 'PART', 'Participation'],
];

function participants(read: SlotReader): void {
  for (const [n, code, display] of roles) {
    const type = [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code, display }] },
    ];
    read.list(n, `participant:PV1-${n}`, (xcn) => {
      const individual = practitionerReference(xcn, read.draft);
      return individual && { type, individual };
    });
  }
}

/** Field, element, HL7 table of the admission's circumstances. */
const circumstances: readonly (readonly [number, string, string])[] = [
  [13, 'reAdmission', '0092'],
  [14, 'admitSource', '0023'],
  [36, 'dischargeDisposition', '0112'],
];

// PV1-5, PV1-13, PV1-14, PV1-15, PV1-16, PV1-36, PV1-37, PV1-38
function hospitalization(read: SlotReader): void {
  const { draft } = read;
  for (const [n, element, table] of circumstances) {
    read.first(n, `hospitalization.${element}`, (cwe) => conceptOf(cwe, { draft, location: `PV1-${n}`, table }));
  }
  read
    .first(5, 'hospitalization.preAdmissionIdentifier', (cx) => visitNumber(cx, 'PV1-5', draft))
    .list(15, 'hospitalization.specialArrangement', (cwe) =>
      conceptOf(cwe, { draft, location: 'PV1-15', table: '0009' }),
    )
    .list(16, 'hospitalization.specialCourtesy', (cwe) => conceptOf(cwe, { draft, location: 'PV1-16', table: '0099' }))
    .first(37, 'hospitalization.destination', (dld) => destination(dld))
    .list(38, 'hospitalization.dietPreference', (cwe) => conceptOf(cwe, { draft, location: 'PV1-38', table: '0114' }));
}

function destination(dld: Repetition): Reference | undefined {
  const display = dld.text(1).trim();
  return display === '' ? undefined : { type: 'Location', display };
}

/** Where the patient is, as one event says it: made into `Encounter.location` by `assemble`. */
export function place(pv1: Segment, n: number, draft: Draft): Reference | undefined {
  const [pl] = pv1.field(n).repetitions;
  return pl && !pv1.field(n).isNull ? placeReference(pl, draft) : undefined;
}

function listOf<Value>(value: Value | undefined): readonly Value[] | undefined {
  return value === undefined ? undefined : [value];
}
