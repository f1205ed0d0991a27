import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredRecord } from '@anamnesis/bus';
import { resourceId } from '@anamnesis/core';
import { type MappedEvent, mapMessage } from '@anamnesis/fhir';
import { parseMessage } from '@anamnesis/hl7v2';
import type { ChartBuilder } from '../../testing/chart-builder.js';

const golden = join(import.meta.dirname, '../../../../../libs/fhir/src/v2/messages/golden');

/** The golden messages of the mappings, mapped and certified, a minute apart: all, or those whose names begin so. */
export async function goldenRecords(
  build: ChartBuilder,
  prefixes: readonly string[] = [''],
): Promise<readonly DeliveredRecord[]> {
  const files = (await readdir(golden)).filter((name) => name.endsWith('.hl7')).sort();
  const records: DeliveredRecord[] = [];
  for (const [minute, file] of files.entries()) {
    if (!prefixes.some((prefix) => file.startsWith(prefix))) continue;
    const message = parseMessage(await readFile(join(golden, file)));
    const facility = message.header.sendingFacility.namespaceId;
    const events: readonly MappedEvent[] = mapMessage(message, {
      facility,
      application: 'TEST-ADT',
      zone: undefined,
      receivedAt: build.at(minute),
      systemOf: ({ namespaceId }) => `urn:anamnesis:authority:${namespaceId || facility}`,
      resourceId: (type, system, key) => resourceId(build.deploymentKey, type, system, key),
      isOwnAuthority: () => true,
    });
    for (const [index, { subject, resources }] of events.entries()) {
      const said = { minute, facility, controlId: `${file}-${index}`, mapping: resources.name };
      const { statements } = resources;
      records.push(build.certified({ ...said, statements, ...(subject !== undefined && { subject }) }));
    }
  }
  return records;
}
