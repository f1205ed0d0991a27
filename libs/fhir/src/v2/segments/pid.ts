import type { Json } from '@anamnesis/core';
import type { Field, Repetition, Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept, Extension } from '../../fhir-types.js';
import { valued } from '../compact.js';
import { conceptOf, conceptOfCode } from '../datatypes/cwe.js';
import { addressOf } from '../datatypes/xad.js';
import { humanName, humanNames } from '../datatypes/xpn.js';
import { contactPoint } from '../datatypes/xtn.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import type { PatientNumbers } from '../subject.js';
import { gender } from '../tables/gender.js';
import { languageCoding } from '../tables/languages.js';

const definitions = 'http://hl7.org/fhir/StructureDefinition';

/** PID as a statement about the patient record: what the sender says now, field by field. */
export function patientSlots(pid: Segment, numbers: PatientNumbers, draft: Draft): Slots {
  const slots = new Slots();
  const read = new SlotReader(draft, pid, slots);
  identifiers(pid, numbers, slots);
  names(read);
  birth(read);
  sex(read);
  contacts(read);
  social(read);
  death(read);
  return slots;
}

// PID-2, PID-3, PID-4, PID-19, PID-20
function identifiers(pid: Segment, { byField }: PatientNumbers, slots: Slots): void {
  for (const n of [2, 3, 4, 19, 20]) {
    const slot = `identifier:PID-${n}`;
    slots.set(slot, byField.get(`PID-${n}`));
    if (pid.field(n).isNull) slots.remove(slot);
  }
}

// PID-5, PID-6, PID-9
function names(read: SlotReader): void {
  const { times } = read.draft;
  read
    .lists(5, 'name', (xpn) => humanNames(xpn, times))
    .list(9, 'name:PID-9', (xpn) => humanName(xpn, times))
    .first(6, 'extension:mothersMaidenName', (xpn) => {
      const family = valued(xpn.text(1)) ?? valued(xpn.text(2));
      return family && extension('patient-mothersMaidenName', { valueString: family });
    });
}

// PID-7; what follows the day is the time of birth.
function birth(read: SlotReader): void {
  const { draft, slots, segment } = read;
  read.field(7, 'birthDate', (field) => draft.times.date(field.text()));
  const text = segment.field(7).text().trim();
  const time = text.length > 8 ? draft.times.dateTime(text) : undefined;
  const isTimed = time?.includes('T') === true && slots.values['birthDate'] !== undefined;
  if (isTimed)
    slots.set('_birthDate', { extension: [{ url: `${definitions}/patient-birthTime`, valueDateTime: time }] });
  else if (!segment.field(7).isEmpty) slots.remove('_birthDate');
  // PID-23, PID-24, PID-25: the order says more than the indicator.
  read
    .field(24, 'multipleBirth[x]:PID-24', (field) => flag(field, 'multipleBirthBoolean'))
    .field(25, 'multipleBirth[x]:PID-25', (field) => {
      const order = field.text();
      return /^[1-9]\d?$/.test(order) ? { multipleBirthInteger: Number(order) } : undefined;
    })
    .field(23, 'extension:birthPlace', (field) => {
      const text = valued(field.text());
      return text && extension('patient-birthPlace', { valueAddress: { text } });
    });
}

// PID-8, table 0001; what FHIR's four codes cannot say stays beside them.
function sex(read: SlotReader): void {
  const { draft, slots, segment } = read;
  read.first(8, 'gender', (cwe) => gender(cwe.text()));
  if (!segment.field(8).isEmpty) slots.remove('_gender');
  const code = valued(segment.field(8).text());
  if (code === undefined || ['F', 'M', 'O', 'U'].includes(code.toUpperCase())) return;
  const original = conceptOfCode(code, { draft, location: 'PID-8', table: '0001' });
  const alternate = { url: `${definitions}/alternate-codes`, valueCodeableConcept: original };
  slots.set('_gender', original && { extension: [alternate] });
}

// PID-11, PID-13, PID-14, PID-40
function contacts(read: SlotReader): void {
  const { times } = read.draft;
  read
    .list(11, 'address', (xad) => addressOf(xad, times))
    .list(13, 'telecom:home', (xtn) => contactPoint(xtn, times, 'home'))
    .list(14, 'telecom:work', (xtn) => contactPoint(xtn, times, 'work'))
    .list(40, 'telecom:PID-40', (xtn) => contactPoint(xtn, times));
}

// PID-15, PID-16, PID-17, PID-26, PID-28
function social(read: SlotReader): void {
  const { draft } = read;
  read
    .first(15, 'communication', (cwe) => {
      const language = conceptOf(cwe, { draft, location: 'PID-15' });
      return language && [{ language: inFhir(language, cwe), preferred: true }];
    })
    .first(16, 'maritalStatus', (cwe) => conceptOf(cwe, { draft, location: 'PID-16', table: '0002' }))
    .first(17, 'extension:religion', (cwe) => {
      const religion = conceptOf(cwe, { draft, location: 'PID-17', table: '0006' });
      return religion && extension('patient-religion', { valueCodeableConcept: religion });
    });
  for (const [n, name] of [
    [26, 'citizenship'],
    [28, 'nationality'],
  ] as const) {
    read.list(n, `extension:${name}`, (cwe) => {
      const code = conceptOf(cwe, { draft, location: `PID-${n}` });
      const parts = code && { extension: [{ url: 'code', valueCodeableConcept: code }] };
      return parts && { url: `${definitions}/patient-${name}`, ...parts };
    });
  }
}

/** The languages of both codings in BCP 47 too, where they are not sent so. */
function inFhir(language: CodeableConcept, cwe: Repetition): CodeableConcept {
  const coding = language.coding ?? [];
  const added = [1, 4]
    .map((n) => languageCoding(cwe.text(n), cwe.text(n + 2)))
    .filter((one) => one !== undefined)
    .filter(({ system, code }) => !coding.some((sent) => sent.system === system && sent.code === code));
  return added.length === 0 ? language : { ...language, coding: [...coding, ...added] };
}

// PID-29 wins over PID-30; alive again takes both back.
function death(read: SlotReader): void {
  const { draft, segment, slots } = read;
  read
    .field(29, 'deceased[x]:PID-29', (field) => {
      const at = draft.times.dateTime(field.text());
      return at === undefined ? undefined : { deceasedDateTime: at };
    })
    .field(30, 'deceased[x]:PID-30', (field) => flag(field, 'deceasedBoolean'));
  if (segment.field(30).text() === 'N') slots.remove('deceased[x]:PID-29');
}

function flag(field: Field, element: string): Json | undefined {
  const text = field.text();
  return text === 'Y' || text === 'N' ? { [element]: text === 'Y' } : undefined;
}

function extension(name: string, value: Omit<Extension, 'url'>): readonly Extension[] {
  return [{ url: `${definitions}/${name}`, ...value }];
}
