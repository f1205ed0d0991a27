// What a message, alone, makes of an empty history.
import { join, resolve } from 'node:path';
import { randomBytes } from 'node:crypto';

const build = resolve(process.env.BENCH_DIST ?? 'dist', 'apps/standalone');
const from = (file) => import(join(build, file));
const { parseMessage } = await from('libs/hl7v2/src/index.js');
const { assemble, mapMessage } = await from('libs/fhir/src/index.js');
const { foldStatements, resourceId } = await from('libs/core/src/index.js');

const key = randomBytes(32);
const receivedAt = '2026-01-01T00:00:00.000Z';

/** The resources after this message; throws `MessageError` for what is no message. */
export function resourcesOf(bytes, zone = 'UTC') {
  const message = parseMessage(bytes);
  const byResource = new Map();
  for (const { resources } of mapMessage(message, contextOf(message.header, zone)))
    for (const [position, one] of resources.statements.entries()) {
      const name = `${one.resourceType}/${one.id}`;
      byResource.set(name, [...(byResource.get(name) ?? []), { ...one, eventId: 'event', receivedAt, position }]);
    }
  return [...byResource.values()].map((statements) => {
    const { resourceType, id, slots } = foldStatements(statements);
    return assemble(resourceType, id, slots);
  });
}

function contextOf({ sendingFacility, sendingApplication }, zone) {
  const application = sendingApplication.namespaceId || sendingApplication.universalId;
  const facility = sendingFacility.namespaceId || sendingFacility.universalId || application || 'unknown';
  return {
    facility,
    application,
    zone,
    receivedAt,
    systemOf: ({ namespaceId, universalId }) => `urn:pairs:${namespaceId || universalId || facility}`,
    resourceId: (type, system, businessKey) => resourceId(key, type, system, businessKey),
    isOwnAuthority: () => true,
  };
}
