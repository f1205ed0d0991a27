import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { compact, firstValued } from '../compact.js';
import { conceptOf, conceptOfCode } from '../datatypes/cwe.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { observationUnits } from '../results/observation-unit.js';
import { stateObservation } from '../results/obx.js';
import { stateCondition } from '../segments/dg1.js';
import type { Belonging } from '../segments/dg1.js';
import { noteOf } from '../segments/nte.js';
import { SlotReader } from '../slot-reader.js';
import type { Slots } from '../slots.js';
import { linesOf, orderNotes, segmentsOf, type OrderGroup } from './order-groups.js';
import { KeysMet, type ResourceKey } from './order-numbers.js';
import { controlOf } from './order-status.js';

/** Where an order belongs, and the keys of this message. */
export interface RequestPlace extends Belonging {
  readonly keys: KeysMet;
}

/** ORC-1 that make an order, so that ORC-9 is when it was written. */
const making = ['NW', 'RO', 'SN'];

/** What every kind of order takes from ORC: who asked, when, what last happened to it and why. */
export function orcSlots(orc: Segment, slots: Slots, draft: Draft): void {
  const at = draft.times.dateTime(orc.field(9).text());
  if (making.includes(controlOf(orc))) slots.set('authoredOn', at);
  const event = conceptOfCode(controlOf(orc), { draft, location: 'ORC-1', table: '0119' });
  const parts = [
    event && { url: 'value', valueCodeableConcept: event },
    at === undefined ? undefined : { url: 'date', valueDateTime: at },
  ].filter((one) => one !== undefined);
  slots.set(
    'extension:businessEvent',
    parts.length === 0
      ? undefined
      : [{ url: 'http://hl7.org/fhir/StructureDefinition/businessEvent', extension: parts }],
  );
  new SlotReader(draft, orc, slots)
    .first(12, 'requester', (xcn) => practitionerReference(xcn, draft))
    .first(16, 'extension:statusReason', (cwe) => {
      const reason = conceptOf(cwe, { draft, location: 'ORC-16' });
      const url = 'http://hl7.org/fhir/StructureDefinition/request-statusReason';
      return reason && [{ url, valueCodeableConcept: reason }];
    });
}

/** DG1 of an order: the conditions for which it was made. */
export function reasonReferences(group: { readonly segments: readonly Segment[] }, place: Belonging): readonly Json[] {
  return segmentsOf(group, 'DG1').flatMap((dg1) => {
    const stated = stateCondition(dg1, place);
    return isDiagnosis(stated) ? [stated.condition] : [];
  });
}

function isDiagnosis(value: Json | undefined): value is { condition: Json } {
  return typeof value === 'object' && value !== null && 'condition' in value;
}

/** NTE of the order and a text that stands in a field. */
export function requestNotes(group: OrderGroup, ...texts: readonly string[]): readonly Json[] {
  const note = noteOf(orderNotes(group));
  const said = texts.map((text) => compact({ text: firstValued(text) })).filter((one) => one !== undefined);
  return note === undefined ? said : [note, ...said];
}

/** OBX of an order: what was observed or asked when it was made, and documents that go with it. */
export function supportingObservations(group: OrderGroup, key: ResourceKey, place: Belonging): readonly Json[] {
  return observationUnits(linesOf(group.segments)).flatMap((unit) => {
    const { reference, document } = stateObservation(unit, {
      ...place,
      keyOf: ({ parts }) => ({ system: key.system, key: JSON.stringify([key.key, ...parts]) }),
    });
    return [reference, document].filter((one) => one !== undefined);
  });
}
