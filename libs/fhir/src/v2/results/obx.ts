import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Attachment, CodeableConcept, ObservationValue, Reference } from '../../fhir-types.js';
import { compact } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import { practitionerReference } from '../datatypes/xcn.js';
import { organizationReference } from '../datatypes/xon.js';
import { stateObxDocument } from '../documents/obx-document.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import type { Visit } from '../segments/encounter-key.js';
import { noteOf } from '../segments/nte.js';
import type { ObservationUnit, ObxLine } from './observation-unit.js';
import { referenceRange } from './obx-range.js';
import { absentReason, isWithdrawn, unitStatus } from './obx-status.js';
import { obxValues, type ObxValues, valueType } from './obx-value.js';

/** What an Observation hangs on: an order, or the patient alone. */
export interface ObservationPlace {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
  readonly visit: Visit | undefined;
  keyOf(unit: ObservationUnit): { readonly system: string; readonly key: string };
  /** ISO 8601 UTC, when the results were reported. */
  readonly statedAt?: string | undefined;
  /** `{ effectiveDateTime }` of the order, for lines without OBX-14. */
  readonly effective?: Json | undefined;
  readonly issued?: string | undefined;
  readonly category?: readonly CodeableConcept[] | undefined;
  readonly specimen?: Reference | undefined;
  /** OBR-25 as a status: of lines that state none. */
  readonly ofReport?: string | undefined;
  /** The report that it is part of. */
  readonly report?: Reference | undefined;
  /** The event that it was observed of: an immunization. */
  readonly partOf?: Reference | undefined;
}

export interface StatedObservation {
  /** Absent when the unit holds documents only. */
  readonly reference: Reference | undefined;
  /** The DocumentReference of a unit that holds documents. */
  readonly document?: Reference | undefined;
  readonly attachments: readonly Attachment[];
  readonly status: string;
}

/** What one report of a result says anew, whole. */
const valueSlots = ['value[x]', 'component', 'dataAbsentReason', 'interpretation', 'referenceRange', 'note'];

/** The OBX lines of one unit as an Observation; documents (ED, RP) as a DocumentReference. */
export function stateObservation(unit: ObservationUnit, place: ObservationPlace): StatedObservation {
  const { draft } = place;
  const { obx } = unit.first;
  const status = unitStatus(
    unit.lines.map((line) => line.obx),
    place,
  );
  const standing = unit.lines.filter((line) => !isWithdrawn(line.obx));
  const read = standing.map((line) => readLine(line, place));
  const attachments = joined(read.map((one) => one.attachments));
  const isDocument = ['ED', 'RP'].includes(valueType(obx));
  if (isDocument && read.every(({ values }) => values.length === 0)) {
    const document = stateObxDocument({ obx, key: place.keyOf(unit), attachments, status }, place);
    return { reference: undefined, document, attachments, status };
  }
  const slots = new Slots().set('status', status);
  describe(obx, slots, place);
  setValues(read, slots, draft);
  if (!keepsValue(standing)) slots.remove(...valueSlots);
  const { system, key } = place.keyOf(unit);
  const id = draft.resourceId('Observation', system, key);
  const { statedAt } = place;
  const isWithdrawing = status === 'entered-in-error';
  draft.state({ resourceType: 'Observation', id, slots, isWithdrawing, ...(statedAt !== undefined && { statedAt }) });
  return { reference: { reference: `Observation/${id}` }, attachments, status };
}

/** An empty OBX-5 says nothing of the value (N1; U makes final what was sent before), unless OBX-11 says why it is empty. */
function keepsValue(standing: readonly ObxLine[]): boolean {
  return (
    standing.length > 0 &&
    standing.every(({ obx }) => obx.field(5).isEmpty && absentReason(obx, undefined) === undefined)
  );
}

/** Everything but the value: what was observed, when, by whom. */
function describe(obx: Segment, slots: Slots, place: ObservationPlace): void {
  const { draft } = place;
  const [code] = obx.field(3).repetitions;
  const identifier = entityIdentifier(entityNumber(obx.field(21), 'OBX-21', draft), draft, 'FILL');
  const observedAt = draft.times.dateTime(obx.field(14).text());
  slots
    .set('identifier', identifier && [identifier])
    .set('partOf', place.partOf && [place.partOf])
    .set('category', place.category)
    .set('code', (code && conceptOf(code, { draft, location: 'OBX-3' })) ?? { text: 'not named' })
    .set('subject', draft.patientReference(place.subject))
    .set('encounter', place.visit?.reference)
    .set('effective[x]', observedAt === undefined ? place.effective : { effectiveDateTime: observedAt })
    .set('issued', place.issued)
    .set('specimen', place.specimen);
  if (obx.fieldCount >= 15) describeHow(obx, slots, draft);
}

/** By whom it was observed, how, where on the body and with what: most lines end before. */
function describeHow(obx: Segment, slots: Slots, draft: Draft): void {
  new SlotReader(draft, obx, slots)
    .first(15, 'performer:OBX-15', (cwe) => {
      const producer = conceptOf(cwe, { draft, location: 'OBX-15' });
      const [coding] = producer?.coding ?? [];
      const display = coding?.display ?? producer?.text ?? coding?.code;
      return display === undefined ? undefined : [{ type: 'Organization', display }];
    })
    .list(16, 'performer:OBX-16', (xcn) => practitionerReference(xcn, draft))
    .list(23, 'performer:OBX-23', (xon) => organizationReference(xon, draft))
    .first(17, 'method', (cwe) => conceptOf(cwe, { draft, location: 'OBX-17' }))
    .first(20, 'bodySite', (cwe) => conceptOf(cwe, { draft, location: 'OBX-20' }))
    .field(18, 'device', (field) => {
      const identifier = entityIdentifier(entityNumber(field, 'OBX-18', draft), draft);
      return identifier && { type: 'Device', identifier };
    });
}

interface ReadLine extends ObxValues {
  readonly line: ObxLine;
}

function readLine(line: ObxLine, { draft, subject }: ObservationPlace): ReadLine {
  const { values, attachments, isText } = obxValues(line.obx, draft, subject);
  return { line, values, attachments, isText };
}

/** One value, lines of one text, or several values as components. */
function setValues(read: readonly ReadLine[], slots: Slots, draft: Draft): void {
  const notes = read.map(({ line }) => noteOf(line.notes)).filter((note) => note !== undefined);
  slots.set('note', notes);
  const [only] = read;
  if (only === undefined) return;
  const all = joined(read.map(({ values }) => values));
  const text = read.every(({ isText }) => isText) ? joinedText(read) : undefined;
  const absent = absentReason(only.line.obx, stringOf(all[0]));
  slots.set('dataAbsentReason', absent);
  if (read.length > 1 && text === undefined) {
    const each = read.map((one) => components(one, draft, aboutLine(one, draft)));
    slots.set('component', each.flat());
    return;
  }
  const { interpretation, referenceRange } = aboutLine(only, draft);
  slots.set('interpretation', interpretation).set('referenceRange', referenceRange);
  if (absent !== undefined) return;
  if (text !== undefined) slots.set('value[x]', { valueString: text });
  else if (all.length === 1) slots.set('value[x]', all[0]);
  else slots.set('component', components(only, draft, {}));
}

/** One after the other; mostly there is one line, and nothing to join. */
function joined<Value>(lists: readonly (readonly Value[])[]): readonly Value[] {
  const [only] = lists;
  return only !== undefined && lists.length === 1 ? only : lists.flat();
}

/** Undefined when the lines hold several values rather than one text: one line of ST with repetitions. */
function joinedText(read: readonly ReadLine[]): string | undefined {
  const lines = joined(read.map(({ values }) => values)).map(stringOf);
  const isList = read.length === 1 && lines.length > 1 && read[0]?.line.obx.field(2).text() === 'ST';
  return lines.length === 0 || isList ? undefined : lines.join('\n');
}

function stringOf(value: ObservationValue | undefined): string | undefined {
  const text = value?.['valueString'];
  return typeof text === 'string' ? text : undefined;
}

type AboutLine = { readonly interpretation?: readonly CodeableConcept[]; readonly referenceRange?: readonly Json[] };

// OBX-7, OBX-8
function aboutLine({ line: { obx } }: ReadLine, draft: Draft): AboutLine {
  const range = referenceRange(obx, draft);
  return (
    compact({ interpretation: interpretations(obx, draft), referenceRange: range === undefined ? [] : [range] }) ?? {}
  );
}

/** A component per value, with what its line says of it. */
function components({ line, values }: ReadLine, draft: Draft, about: AboutLine): readonly Json[] {
  const [repetition] = line.obx.field(3).repetitions;
  const code = (repetition && conceptOf(repetition, { draft, location: 'OBX-3' })) ?? { text: 'not named' };
  return values.map((value) => ({ code, ...value, ...about }));
}

// OBX-8, table 0078
function interpretations(obx: Segment, draft: Draft): readonly CodeableConcept[] {
  return obx
    .field(8)
    .repetitions.map((cwe) => conceptOf(cwe, { draft, location: 'OBX-8', table: '0078' }))
    .filter((one) => one !== undefined);
}
