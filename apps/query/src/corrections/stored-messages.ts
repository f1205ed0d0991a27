import type { ReceivedEvent, SourceFact } from '@anamnesis/core';
import type { EntityManager } from 'typeorm';
import type { Archive } from '../archive/archive.js';
import { select } from '../archive/rows.js';
import { factOf } from '../project/facts.js';
import { certifiedKey } from '../project/judge-facts.js';

/** A message that query keeps, with the bytes as received. */
export interface StoredMessage {
  readonly event: ReceivedEvent;
  readonly recordKey: string;
  readonly raw: Uint8Array;
}

/** Bytes of all messages in one answer. */
export const storedBytesMax = 32 * 1024 * 1024;

/** The newest certified messages of a source, each once however many events it made. What does not open is left out. */
export async function storedMessages(
  manager: EntityManager,
  archive: Archive,
  { source: { facility, application }, count }: { readonly source: SourceFact; readonly count: number },
): Promise<readonly StoredMessage[]> {
  const rows = await select<{ id: string }>(
    manager,
    `SELECT id FROM message WHERE facility = ? AND application = ? AND state <> 'refused' AND correlationId = id
      ORDER BY receivedAt DESC, id DESC LIMIT ?`,
    [facility.slice(0, 255), application.slice(0, 255), count],
  );
  const found: StoredMessage[] = [];
  let left = storedBytesMax;
  for (const { id } of rows) {
    const [entry] = await archive.byKey(manager, [certifiedKey(id)]);
    const fact = entry && factOf(entry);
    if (entry === undefined || fact?.kind !== 'certified') continue;
    left -= fact.raw.length;
    if (left < 0 && found.length > 0) break;
    found.push({ event: fact.header.event, recordKey: entry.recordKey, raw: fact.raw });
  }
  return found;
}
