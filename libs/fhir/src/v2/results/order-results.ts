import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { stateTxa } from '../documents/txa.js';
import type { Draft } from '../draft.js';
import type { Answer } from '../orders/answered-order.js';
import type { Visit } from '../segments/encounter-key.js';
import { noteOf } from '../segments/nte.js';
import { Slots } from '../slots.js';
import { parentResult, type ParentResult } from './parent-result.js';
import { observationCategory, orderEffective, reportSlots } from './obr.js';
import { reportStatus, statusOfResults } from './obr-status.js';
import { reportNumbers } from './report-numbers.js';
import { isOrderDetail, isWithdrawn } from './obx-status.js';
import { observationUnits, type ObservationUnit } from './observation-unit.js';
import { stateObservation, type ObservationPlace, type StatedObservation } from './obx.js';
import { orderOf, type Order } from './order-key.js';
import type { OrderGroup } from './result-groups.js';
import { stateSpecimens } from './spm.js';

export interface ResultPlace {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
  readonly visit: Visit | undefined;
  /** How often the key of an order was met: a second one of the same key is another order. */
  readonly orders: Map<string, number>;
  /** What the orders of this message have resulted in, for the orders that hang on one of these results. */
  readonly results: ParentResult[];
  /** The OBR of this message, for what they say of their orders. */
  readonly answers: Answer[];
}

/** One OBR with what follows it: a DiagnosticReport, its Observations and its Specimens. */
export function stateOrder(group: OrderGroup, place: ResultPlace): void {
  place.draft.withdrawing(isWithdrawnWhole(group), () => {
    stateReport(group, place);
  });
}

function stateReport(group: OrderGroup, place: ResultPlace): void {
  const { draft, subject } = place;
  const units = observationUnits(group.lines.filter(({ obx }) => !isOrderDetail(obx)));
  const { obr } = group;
  if (obr === undefined) {
    stateUnits(units, { ...place, keyOf: keyOfLoose(place) });
    return;
  }
  const order = distinct(orderOf(obr, group.orc, place), place.orders);
  const specimens = stateSpecimens(group, order, { subject, draft });
  const statedAt = draft.times.instant(obr.field(22).text());
  const id = draft.resourceId('DiagnosticReport', order.system, order.key);
  const report = { reference: `DiagnosticReport/${id}`, type: 'DiagnosticReport' };
  const slots = reportSlots(obr, order, place);
  // The key of a unit is the list of both.
  const orderKey = JSON.stringify(order.key);
  reportNumbers({ obr, orc: group.orc }, slots, draft);
  const stated = stateUnits(units, {
    ...place,
    statedAt,
    keyOf: ({ name }) => ({ system: order.system, key: `[${orderKey},${name.slice(1)}` }),
    effective: orderEffective(obr, draft),
    issued: statedAt,
    ofReport: statusOfResults(obr),
    report,
    category: observationCategory(obr),
    specimen: specimens[0],
  });
  slots.set('status', reportStatus(obr, stated.statuses, draft)).set('specimen', specimens);
  resultSlots(stated, slots);
  noteSlot(group, slots);
  stateOfSpecimen(group, order, { ...place, statedAt, specimen: specimens.at(-1) });
  if (group.document) stateTxa(group.document.txa, { content: group.document.content, related: [report] }, place);
  linkToParent(obr, stated, place);
  keepResults({ order, stated }, place);
  // What hangs on another result was not ordered.
  if (obr.field(26).isEmpty)
    place.answers.push({ order, obr, orc: group.orc, statedAt, isWithdrawing: isWithdrawnWhole(group) });
  draft.state({ resourceType: 'DiagnosticReport', id, slots, ...(statedAt !== undefined && { statedAt }) });
}

/** OBX about a specimen: Observations of it, no results of the order. */
function stateOfSpecimen({ ofSpecimen }: OrderGroup, order: Order, place: Omit<ObservationPlace, 'keyOf'>): void {
  stateUnits(observationUnits(ofSpecimen), {
    ...place,
    keyOf: ({ parts }) => ({ system: order.system, key: JSON.stringify([order.key, 'SPM', ...parts]) }),
  });
}

/** Every line is W or D: nothing is reported, something is taken back. */
function isWithdrawnWhole({ lines }: OrderGroup): boolean {
  return lines.length > 0 && lines.every(({ obx }) => isWithdrawn(obx));
}

interface StatedResult {
  readonly slot: string;
  readonly reference: Reference;
  readonly unit: ObservationUnit;
}

interface StatedUnits {
  readonly statuses: readonly string[];
  readonly results: readonly StatedResult[];
  readonly documents: readonly { readonly slot: string; readonly attachments: Json }[];
}

function stateUnits(units: readonly ObservationUnit[], place: ObservationPlace): StatedUnits {
  const [statuses, results, documents]: [string[], StatedResult[], StatedUnits['documents'][number][]] = [[], [], []];
  for (const unit of units) {
    const stated = stateObservation(unit, place);
    const { reference } = stated;
    statuses.push(stated.status);
    if (reference && !isQuestion(unit)) results.push({ slot: resultSlot(unit, reference), reference, unit });
    documents.push(...documentsOf(unit, stated));
  }
  return { statuses, results, documents };
}

/** Questions asked at order entry (OBX-29 QST, SCI) are not results. */
function isQuestion({ first: { obx } }: ObservationUnit): boolean {
  return obx.fieldCount >= 29 && ['QST', 'SCI'].includes(obx.field(29).text());
}

/** A slot per Observation, in the order of OBX-1: a correction of one leaves the others listed. */
function resultSlot({ first }: ObservationUnit, { reference = '' }: Reference): string {
  const setId = first.obx.field(1).text();
  const at = /^\d{1,6}$/.test(setId) ? setId : String(first.obx.position);
  return `result:${at.padStart(6, '0')}:${reference.slice(reference.indexOf('/') + 1)}`;
}

function documentsOf(
  unit: ObservationUnit,
  { attachments, reference, status }: StatedObservation,
): StatedUnits['documents'] {
  if (attachments.length === 0 && (reference !== undefined || status !== 'entered-in-error')) return noDocuments;
  return [{ slot: `presentedForm:${unit.name}`, attachments }];
}

const noDocuments: StatedUnits['documents'] = [];

function resultSlots({ results, documents }: StatedUnits, slots: Slots): void {
  for (const { slot, reference } of results) slots.set(slot, [reference]);
  for (const { slot, attachments } of documents) slots.set(slot, attachments).remove(slot);
}

// NTE after OBR: R4 has no note on a report, R5 has.
function noteSlot({ notes }: OrderGroup, slots: Slots): void {
  const note = noteOf(notes);
  const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note';
  slots.set('extension:note', note && [{ url, valueAnnotation: note }]);
}

function keepResults({ order, stated }: { order: Order; stated: StatedUnits }, { results }: ResultPlace): void {
  for (const { reference, unit } of stated.results) results.push({ order, reference, unit });
}

/** Results that hang on a result (OBR-26, OBR-29) are its members: the sensitivities of an organism. */
function linkToParent(obr: Segment, { results }: StatedUnits, { draft, results: earlier }: ResultPlace): void {
  if (obr.field(26).isEmpty) return;
  const parent = parentResult(obr, earlier, draft);
  if (parent === undefined) {
    draft.warn('OBR-26 names no result of this message');
    return;
  }
  const id = (parent.reference ?? '').replace('Observation/', '');
  const slots = Slots.ofOwnNames();
  for (const { reference } of results) slots.set(`hasMember:${reference.reference ?? ''}`, [reference]);
  draft.state({ resourceType: 'Observation', id, slots });
}

/** Outside an order: patient + OBX-3 + OBX-14. */
function keyOfLoose({ subject, draft }: ResultPlace): ObservationPlace['keyOf'] {
  return ({ parts, first }) => ({
    system: subject.system,
    key: JSON.stringify([draft.patientId(subject), ...parts, first.obx.field(14).text() || draft.statedAt]),
  });
}

/** Two OBR of one number and service in one message are two orders: the second is told apart by its place. */
function distinct(order: Order, met: Map<string, number>): Order {
  const place = (met.get(order.key) ?? 0) + 1;
  met.set(order.key, place);
  return place === 1 ? order : { ...order, key: `${order.key}#${place}` };
}
