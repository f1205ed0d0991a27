import { type OrderedStatement, resourceId, type Statement, foldStatements, type EventId } from '@anamnesis/core';
import { parseMessage, type Message } from '@anamnesis/hl7v2';
import { assemble } from './assemble/assemble.js';
import type { FhirResource } from './fhir-types.js';
import type { Authority, MappingContext } from './v2/mapping-context.js';

const key = Buffer.alloc(32, 7);

/** A message as it comes in, for tests. */
export function read(bytes: Uint8Array | string): Message {
  return parseMessage(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
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
    resourceId: (type, system, businessKey) => resourceId(key, type, system, businessKey),
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
  return [...byResource.values()].map((statements) => {
    const { resourceType, id, slots } = foldStatements(statements);
    return assemble(resourceType, id, slots);
  });
}
