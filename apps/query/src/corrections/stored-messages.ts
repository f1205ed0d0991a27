import type { ReceivedEvent, SourceFact } from '@anamnesis/core';
import type { EntityManager } from 'typeorm';
import type { Archive, ReadEntry } from '../archive/archive.js';
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

/**
 * The newest messages of a source that were not refused, each once however many events it made, in whichever history they
 * stand. What does not open is left out.
 */
export async function storedMessages(
  manager: EntityManager,
  archive: Archive,
  { source: { facility, application }, count }: { readonly source: SourceFact; readonly count: number },
): Promise<readonly StoredMessage[]> {
  const rows = await select<{ id: string; eventId: string }>(
    manager,
    `SELECT id, eventId FROM message WHERE facility = ? AND application = ? AND state <> 'refused' AND correlationId = eventId
      ORDER BY receivedAt DESC, id DESC LIMIT ?`,
    [facility.slice(0, 255), application.slice(0, 255), count],
  );
  const found: StoredMessage[] = [];
  let left = storedBytesMax;
  for (const { id, eventId } of rows) {
    const [entry] = await archive.byKey(manager, [id === eventId ? certifiedKey(eventId) : id]);
    const message = entry && messageIn(entry);
    if (message === undefined) continue;
    left -= message.raw.length;
    if (left < 0 && found.length > 0) break;
    found.push(message);
  }
  return found;
}

function messageIn(entry: ReadEntry): StoredMessage | undefined {
  const fact = factOf(entry);
  if (fact === undefined || !('raw' in fact) || !('event' in fact.header)) return undefined;
  return { event: fact.header.event, recordKey: entry.recordKey, raw: fact.raw };
}
