import type { Json } from '@anamnesis/core';
import type { Field, Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { firstValued, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber, type EntityNumber } from '../datatypes/ei.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { groupsOf, type OrderGroup, ownSegments } from '../orders/order-groups.js';
import { keyOfNumber, KeysMet, orderNumbers, placerIdentifier, type ResourceKey } from '../orders/order-numbers.js';
import { orderReference } from '../orders/request-key.js';
import type { RequestPlace } from '../orders/request-slots.js';
import { stateServiceRequest } from '../orders/service-request.js';
import type { Belonging } from '../segments/dg1.js';
import { noteOf } from '../segments/nte.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { documentContent } from './document-content.js';
import { documentStatus } from './document-status.js';

/** What a message that names a parent (TXA-13) does to it. */
const relations: ReadonlyMap<string, string> = new Map([
  ['T05', 'appends'],
  ['T06', 'appends'],
  ['T09', 'replaces'],
  ['T10', 'replaces'],
]);

/** The TXA of an MDM, with the OBX that follow it and the orders that stand before it. */
export function stateDocument(txa: Segment, place: Belonging): void {
  const segments = ownSegments(place.draft.message);
  const after = segments.slice(segments.indexOf(txa));
  stateTxa(txa, { content: after, related: relatedOrders(txa, segments, place) }, place);
}

/** What stands about a TXA: its content, and what it is related to. */
interface Surroundings {
  readonly content: readonly Segment[];
  readonly related: readonly Reference[];
}

/** TXA with its OBX as a DocumentReference, known by TXA-12. A notice (T01, T03, …) has no content and takes none away. */
export function stateTxa(txa: Segment, { content: after, related }: Surroundings, place: Belonging): void {
  const { draft, subject, visit } = place;
  const number = documentNumber(txa.field(12), draft);
  const { system, key } = documentKey(txa, number, place);
  const content = documentContent(after, place);
  const slots = new Slots()
    .set('masterIdentifier', entityIdentifier(number, draft))
    .set('subject', draft.patientReference(subject))
    .set('context.encounter', visit && [visit.reference])
    .set('context.period', draft.times.period(txa.field(4).text(), ''))
    .set('context.related', related)
    .set('relatesTo', relatesTo(txa, number, place))
    .set('date', draft.times.instant(txa.field(6).text()))
    .set('description', descriptionOf(after))
    .set('content', content);
  documentStatus(txa, { draft, slots });
  describe(new SlotReader(draft, txa, slots));
  const id = draft.resourceId('DocumentReference', system, key);
  draft.state({ resourceType: 'DocumentReference', id, slots });
}

/** NTE between TXA and its content: R4 has no note on a document. TXA-25 outranks them. */
function descriptionOf([, ...after]: readonly Segment[]): string | undefined {
  const content = after.findIndex(({ name }) => name !== 'NTE');
  return noteOf(content < 0 ? after : after.slice(0, content))?.text;
}

function documentNumber(field: Field, draft: Draft): EntityNumber | undefined {
  return entityNumber(field, 'TXA-12', draft);
}

/** Without a number: patient, kind and time, else the message itself. */
function documentKey(txa: Segment, number: EntityNumber | undefined, { draft, subject }: Belonging): ResourceKey {
  if (number !== undefined) return keyOfNumber(number, draft);
  draft.warn('TXA-12 is empty: the document is known by patient, TXA-2 and time');
  const when = firstValued(txa.field(6).text(), txa.field(4).text()) ?? `message ${draft.message.header.controlId}`;
  return { system: subject.system, key: JSON.stringify([draft.patientId(subject), txa.field(2).text(), when]) };
}

/** The chain of a document: what it is added to or replaces. What is replaced says so itself. */
function relatesTo(txa: Segment, own: EntityNumber | undefined, place: Belonging): readonly Json[] | undefined {
  const { draft } = place;
  const code = relations.get(draft.trigger);
  const parent = documentNumber(txa.field(13), draft);
  if (code === undefined) return undefined;
  if (parent === undefined || isSame(parent, own)) {
    draft.warn(`TXA-13 names no document that this one ${code}`);
    return undefined;
  }
  return [{ code, target: parentReference(parent, code, place) }];
}

function isSame(one: EntityNumber, other: EntityNumber | undefined): boolean {
  return one.value === other?.value && one.system === other.system;
}

function parentReference(parent: EntityNumber, code: string, { draft, subject }: Belonging): Reference {
  const { system, key } = keyOfNumber(parent, draft);
  const id = draft.resourceId('DocumentReference', system, key);
  const identifier = entityIdentifier(parent, draft);
  const slots = new Slots()
    .set('masterIdentifier', identifier)
    .set('subject', draft.patientReference(subject))
    .set('status', code === 'replaces' ? 'superseded' : undefined);
  draft.state({ resourceType: 'DocumentReference', id, slots });
  return { reference: `DocumentReference/${id}`, ...(identifier && { identifier }) };
}

const orderDetails: ReadonlySet<string> = new Set(['OBR']);

/** The orders that stand before the document, stated as what they are, and that of TXA-14 where it is none of them. */
function relatedOrders(txa: Segment, segments: readonly Segment[], place: Belonging): readonly Reference[] {
  const { draft } = place;
  const { groups } = groupsOf(segments.slice(0, segments.indexOf(txa)), { details: orderDetails });
  const keys = new KeysMet();
  const stated = groups.map((group) => statedOrder(group, { ...place, keys }));
  const named = orderReference('ServiceRequest', entityNumber(txa.field(14), 'OBR-2', draft), place);
  const isAmong = stated.some(({ reference }) => reference === named?.reference);
  return named === undefined || isAmong ? stated : [named, ...stated];
}

function statedOrder(group: OrderGroup, place: RequestPlace): Reference {
  const { draft } = place;
  const { reference } = stateServiceRequest(group, place, []);
  const identifier = placerIdentifier(orderNumbers([group.orc, group.detail], draft), draft);
  return { ...(reference !== undefined && { reference }), type: 'ServiceRequest', ...(identifier && { identifier }) };
}

// TXA-2, TXA-9, TXA-10, TXA-16, TXA-18, TXA-22, TXA-25
function describe(read: SlotReader): void {
  const { draft } = read;
  read
    .first(2, 'type', (cwe) => conceptOf(cwe, { draft, location: 'TXA-2', table: '0270' }))
    .list(9, 'author', (xcn) => practitionerReference(xcn, draft))
    .first(10, 'authenticator', (xcn) => practitionerReference(xcn, draft))
    .first(22, 'authenticator', (ppn) => practitionerReference(ppn, draft))
    .field(16, 'identifier:TXA-16', (field) => {
      const value = valued(field.text());
      return value === undefined ? undefined : [{ system: draft.fieldSystem('TXA-16'), value }];
    })
    .first(18, 'securityLabel', (cwe) => {
      const label = conceptOf(cwe, { draft, location: 'TXA-18', table: '0272' });
      return label && [label];
    })
    .field(25, 'description', (field) => valued(field.text()));
}
