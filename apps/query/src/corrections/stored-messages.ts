import type { ReceivedEvent, SourceFact } from '@anamnesis/core';
import type { EntityManager } from 'typeorm';
import type { Archive, ReadEntry } from '../archive/archive.js';
import { select } from '../archive/rows.js';
import { factOf } from '../project/facts.js';
import { certifiedKey, testedKey } from '../project/judge-facts.js';

/** A message that query keeps, with the bytes as received. */
export interface StoredMessage {
  readonly event: ReceivedEvent;
  readonly recordKey: string;
  readonly raw: Uint8Array;
}

/** Rows that are looked through for each message: one that made more events may leave others out. */
const eventsMax = 10;
/** Bytes of all messages in one answer. */
export const storedBytesMax = 32 * 1024 * 1024;

/**
 * The newest messages of a source that were certified, or came in testing, each once however many events it made. What does
 * not open is left out.
 */
export async function storedMessages(
  manager: EntityManager,
  archive: Archive,
  { source: { facility, application }, count }: { readonly source: SourceFact; readonly count: number },
): Promise<readonly StoredMessage[]> {
  const values = [facility.slice(0, 255), application.slice(0, 255), count * eventsMax];
  const newest = 'ORDER BY receivedAt DESC, id DESC LIMIT ?';
  const certified = await select<Row>(
    manager,
    `SELECT id, receivedAt FROM message WHERE facility = ? AND application = ? AND state <> 'refused' ${newest}`,
    values,
  );
  const tested = await select<Row>(
    manager,
    `SELECT id, receivedAt FROM test_message WHERE facility = ? AND application = ? ${newest}`,
    values,
  );
  const places: readonly Place[] = [
    ...certified.map(({ id, receivedAt }) => ({ receivedAt, key: certifiedKey(id) })),
    ...tested.map(({ id, receivedAt }) => ({ receivedAt, key: testedKey(id) })),
  ];
  const inOrder = [...places].sort((a, b) => Number(a.receivedAt < b.receivedAt) - Number(a.receivedAt > b.receivedAt));
  return read(inOrder, count, async (key) => (await archive.byKey(manager, [key]))[0]);
}

interface Row {
  readonly id: string;
  readonly receivedAt: string;
}

interface Place {
  readonly receivedAt: string;
  /** In the archive. */
  readonly key: string;
}

async function read(
  places: readonly Place[],
  count: number,
  open: (key: string) => Promise<ReadEntry | undefined>,
): Promise<readonly StoredMessage[]> {
  // Events of one message share its correlation id, in whichever history.
  const found = new Map<string, StoredMessage>();
  let left = storedBytesMax;
  for (const { key } of places) {
    if (found.size >= count) break;
    const entry = await open(key);
    const message = entry && messageIn(entry);
    if (message === undefined || found.has(message.event.correlationId)) continue;
    left -= message.raw.length;
    if (left < 0 && found.size > 0) break;
    found.set(message.event.correlationId, message);
  }
  return [...found.values()];
}

function messageIn(entry: ReadEntry): StoredMessage | undefined {
  const fact = factOf(entry);
  if (fact === undefined || !('raw' in fact) || !('event' in fact.header)) return undefined;
  return { event: fact.header.event, recordKey: entry.recordKey, raw: fact.raw };
}
