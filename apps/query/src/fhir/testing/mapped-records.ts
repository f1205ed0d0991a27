import type { DeliveredRecord } from '@anamnesis/bus';
import { resourceId } from '@anamnesis/core';
import { mapMessage } from '@anamnesis/fhir';
import type { Message } from '@anamnesis/hl7v2';
import type { ChartBuilder } from '../../testing/chart-builder.js';

/** The events of a message as the mappings make them, certified; `minute` is when it was received. */
export function mappedRecords(
  build: ChartBuilder,
  message: Message,
  { minute, name }: { readonly minute: number; readonly name: string },
): readonly DeliveredRecord[] {
  const facility = message.header.sendingFacility.namespaceId;
  const events = mapMessage(message, {
    facility,
    application: 'TEST-ADT',
    zone: undefined,
    receivedAt: build.at(minute),
    systemOf: ({ namespaceId }) => `urn:anamnesis:authority:${namespaceId || facility}`,
    resourceId: (type, system, key) => resourceId(build.deploymentKey, type, system, key),
    isOwnAuthority: () => true,
  });
  return events.map(({ subject, resources }, index) => {
    const said = { minute, facility, controlId: `${name}-${index}`, mapping: resources.name };
    const { statements } = resources;
    return build.certified({ ...said, statements, ...(subject !== undefined && { subject }) });
  });
}
