import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredRecord } from '@anamnesis/bus';
import { parseMessage } from '@anamnesis/hl7v2';
import type { ChartBuilder } from '../../testing/chart-builder.js';
import { mappedRecords } from './mapped-records.js';

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
    records.push(...mappedRecords(build, message, { minute, name: file }));
  }
  return records;
}
