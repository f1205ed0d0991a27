import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { Attachment, ObservationValue } from '../../fhir-types.js';
import { compact, valued, valuedAll } from '../compact.js';
import { conceptOf, conceptOfCode } from '../datatypes/cwe.js';
import { encapsulated, referencePointer } from '../datatypes/ed.js';
import { numeric } from '../datatypes/nm.js';
import { structuredNumber } from '../datatypes/sn.js';
import { quantityOf, uncoded, unitOf } from '../datatypes/unit.js';
import { addressOf } from '../datatypes/xad.js';
import { humanName, nameText, practitionerName } from '../datatypes/xpn.js';
import { contactPoint } from '../datatypes/xtn.js';
import type { DocumentPlace } from '../documents/binary.js';
import type { Draft } from '../draft.js';
import type { Unit } from '../recent-readings.js';
import { sampledText } from './obx-samples.js';

/** What OBX-5 holds: values in order, and documents, which belong to the report. */
export interface ObxValues {
  readonly values: readonly ObservationValue[];
  readonly attachments: readonly Attachment[];
  /** Lines of text: several make one text. */
  readonly isText: boolean;
}

interface Place {
  readonly obx: Segment;
  readonly draft: Draft;
}

type Reader = (value: Repetition, place: Place) => ObservationValue | undefined;

const textTypes = new Set(['TX', 'FT', 'ST']);

/** By OBX-2. What is not listed, or does not parse, stays text (R5). */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['NM', (value, { obx, draft }) => quantity(value.text(1), unitOf(obx, draft))],
  ['SN', (value, { obx, draft }) => structuredNumber(value, unitOf(obx, draft))],
  ['CQ', (value) => quantity(value.text(1), uncoded(value.component(2).sub(1), value.component(2).sub(2)))],
  ...['CE', 'CF', 'CNE', 'CWE'].map((type): [string, Reader] => [type, concept]),
  ...['ID', 'IS'].map((type): [string, Reader] => [type, code]),
  ...['DT', 'DTM', 'TS'].map((type): [string, Reader] => [type, dateTime]),
  ['TM', (value) => member('valueTime', time(value.text(1)))],
  ['DR', (value, { draft }) => member('valuePeriod', draft.times.period(value.text(1), value.text(2)))],
  ['NR', range],
  ['SI', (value) => member('valueInteger', /^\d{1,9}$/.test(value.text()) ? Number(value.text()) : undefined)],
  ...['CX', 'EI', 'XON'].map((type): [string, Reader] => [
    type,
    (value) => member('valueString', valued(value.text(1))),
  ]),
  ['XPN', (value, { draft }) => member('valueString', nameText(humanName(value, draft.times)))],
  ['XCN', (value) => member('valueString', nameText(practitionerName(value)) ?? valued(value.text(1)))],
  ['XTN', (value, { draft }) => member('valueString', contactPoint(value, draft.times)?.value)],
  ['XAD', address],
  ['VR', (value) => member('valueString', valuedAll([value.text(1), value.text(2)]).join('-'))],
]);

/** OBX-2 in capitals and without blanks. */
export function valueType(obx: Segment): string {
  const sent = obx.field(2).text();
  return readers.has(sent) || textTypes.has(sent) ? sent : sent.trim().toUpperCase();
}

/** OBX-5 as OBX-2 types it. */
export function obxValues(obx: Segment, draft: Draft, subject: PatientIdentifier): ObxValues {
  const type = valueType(obx);
  const field = obx.field(5);
  if (field.isUndecodable) draft.warn('undecodable bytes at OBX-5');
  const sent = field.isUndecodable ? [] : field.repetitions.filter((one) => !one.isNull);
  if (type === 'ED' || type === 'RP')
    return { values: [], attachments: documents(sent, type, { draft, subject }), isText: false };
  if (field.hasDetached) draft.warn('OBX-5 is too large to be a value: kept in the message only');
  const isText = textTypes.has(type);
  const place = { obx, draft };
  const values = type === 'NA' ? [sampledText(sent, unitOf(obx, draft))] : sent.map((one) => read(one, type, place));
  return { values: values.filter((one) => one !== undefined), attachments: [], isText };
}

function read(value: Repetition, type: string, place: Place): ObservationValue | undefined {
  const text = valued(value.formatted);
  if (text === undefined) return undefined;
  const reader = readers.get(type);
  const typed = reader?.(value, place);
  if (typed !== undefined) return typed;
  if (!textTypes.has(type))
    place.draft.warn(`OBX-5 is not a value of its type ${reader ? type : '(not known)'}: kept as text`);
  return { valueString: text };
}

function documents(sent: readonly Repetition[], type: 'ED' | 'RP', place: DocumentPlace): readonly Attachment[] {
  const read = sent.map((one) => (type === 'ED' ? encapsulated(one, place) : referencePointer(one)));
  if (read.includes(undefined)) place.draft.warn(`OBX-5 is not a value of its type ${type}: kept in the message only`);
  return read.filter((one) => one !== undefined);
}

function quantity(text: string, unit: Unit): ObservationValue | undefined {
  const value = numeric(text);
  return value && { valueQuantity: quantityOf(value, unit) };
}

function range(value: Repetition, { obx, draft }: Place): ObservationValue | undefined {
  const [low, high] = [numeric(value.text(1)), numeric(value.text(2))];
  const unit = unitOf(obx, draft);
  const said = compact({ low: low && { value: low, ...unit }, high: high && { value: high, ...unit } });
  return said && { valueRange: said };
}

function concept(value: Repetition, { draft }: Place): ObservationValue | undefined {
  return member('valueCodeableConcept', conceptOf(value, { draft, location: 'OBX-5' }));
}

function code(value: Repetition, { draft }: Place): ObservationValue | undefined {
  return member('valueCodeableConcept', conceptOfCode(value.text(1), { draft, location: 'OBX-5' }));
}

function dateTime(value: Repetition, { draft }: Place): ObservationValue | undefined {
  return member('valueDateTime', draft.times.dateTime(value.text(1)));
}

function address(value: Repetition, { draft }: Place): ObservationValue | undefined {
  const said = addressOf(value, draft.times);
  const parts = said && [...(said.line ?? []), said.postalCode, said.city, said.state, said.country];
  return member('valueString', parts?.filter((part) => part !== undefined).join(', '));
}

/** TM: hours and minutes at least; FHIR writes seconds, which its time has no way to leave out. */
function time(text: string): string | undefined {
  const [, hour, minute, second = '00', fraction = ''] =
    /^([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(\.\d{1,4})?)?(?:[+-]\d{4})?$/.exec(text.trim()) ?? [];
  return hour === undefined || minute === undefined ? undefined : `${hour}:${minute}:${second}${fraction}`;
}

function member(element: string, value: Json | undefined): ObservationValue | undefined {
  return value === undefined || value === '' ? undefined : { [element]: value };
}
