import {
  type DetachedPart,
  type OrderedStatement,
  endOf,
  resourceId,
  type Statement,
  foldStatements,
  type EventId,
} from '@anamnesis/core';
import { parseMessage, type Message } from '@anamnesis/hl7v2';
import { assemble } from './assemble/assemble.js';
import type { FhirResource } from './fhir-types.js';
import { mapMessage } from './v2/map-message.js';
import type { Authority, MappingContext } from './v2/mapping-context.js';

export const deploymentKey = Buffer.alloc(32, 7);

/** A message as it comes in, for tests. */
export function read(bytes: Uint8Array | string, detached: readonly DetachedPart[] = []): Message {
  return parseMessage(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, { detached });
}

/** The context of a source whose facility is MSH-4, in Karachi; its own authority has the facility's name. */
export function contextOf({ header }: Message, overrides: Partial<MappingContext> = {}): MappingContext {
  const facility = header.sendingFacility.namespaceId || header.sendingApplication.namespaceId;
  return {
    facility,
    application: header.sendingApplication.namespaceId,
    zone: 'Asia/Karachi',
    receivedAt: '2026-03-09T00:00:00.000Z',
    systemOf: (authority) => systemOf(authority, facility),
    resourceId: (type, system, businessKey) => resourceId(deploymentKey, type, system, businessKey),
    isOwnAuthority: (system) => system === `urn:anamnesis:authority:${facility}`,
    ...overrides,
  };
}

function systemOf({ namespaceId, universalId, universalIdType }: Authority, facility: string): string {
  if (universalIdType === 'ISO') return `urn:oid:${universalId}`;
  const name = namespaceId || universalId;
  return name === ''
    ? `urn:anamnesis:facility:${encodeURIComponent(facility)}`
    : `urn:anamnesis:authority:${encodeURIComponent(name)}`;
}

/** What the statements of one or several events, in the order of arrival, add up to. */
export function assembled(...events: readonly (readonly Statement[])[]): readonly FhirResource[] {
  const byResource = new Map<string, OrderedStatement[]>();
  for (const [at, statements] of events.entries()) {
    for (const [position, one] of statements.entries()) {
      const name = `${one.resourceType}/${one.id}`;
      const ordered = { ...one, eventId: `event-${at}` as EventId, receivedAt: '2026-03-09T00:00:00.000Z', position };
      byResource.set(name, [...(byResource.get(name) ?? []), ordered]);
    }
  }
  const all = [...byResource.values()].flat();
  return [...byResource.values()].map((statements) => {
    const [named] = statements;
    const ends = named === undefined ? [] : all.flatMap((one) => endOf(one, named) ?? []);
    const { resourceType, id, slots } = foldStatements([...statements, ...ends]);
    return assemble(resourceType, id, slots);
  });
}

/** Segments to a message; CR between them. */
export function message(...segments: readonly string[]): Message {
  return read(segments.join('\r'));
}

/** An ADT of facility MPK about MR-1001, `at` being local time of Karachi. */
export function adt(trigger: string, at: string, ...segments: readonly string[]): Message {
  const header = `MSH|^~\\&|PAS|MPK|ANAMNESIS|HUB|${at}||ADT^${trigger}|${trigger}-${at}|P|2.5.1`;
  const hasPid = segments.some((segment) => segment.startsWith('PID'));
  const pid = hasPid ? [] : ['PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE||19620320|F'];
  return message(header, `EVN|${trigger}|${at}`, ...pid, ...segments);
}

/** PV1 of visit V-1 with these fields. */
export function pv1(fields: Readonly<Record<number, string>>): string {
  const all: Readonly<Record<number, string>> = { 1: '1', 2: 'I', 19: 'V-1^^^MPK', ...fields };
  const last = Math.max(...Object.keys(all).map(Number));
  return ['PV1', ...Array.from({ length: last }, (_, at) => all[at + 1] ?? '')].join('|');
}

/** What these messages, mapped and folded in this order of arrival, say of the first resource of a type. */
export function afterAll(messages: readonly Message[], resourceType: string): FhirResource | undefined {
  const statements = messages.map((one) =>
    mapMessage(one, contextOf(one)).flatMap((event) => event.resources.statements),
  );
  return assembled(...statements).find((one) => one.resourceType === resourceType);
}
