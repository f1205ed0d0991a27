import type { Finding } from '@anamnesis/core';
import { insertRows, SourceBlocker } from '@anamnesis/store';
import { In } from 'typeorm';
import { otherFindings } from '../conformance/count-findings.js';
import type { Turn } from '../outbox/turn.js';
import { blockerId, cleanOfAnyMin, isBlocking } from './blocking.js';

/** Blocking findings told apart for one source: whoever has more is not near passing. */
export const blockerKindsMax = 200;
const lengthsMax = { messageType: 64 };

/** A message of a source in testing. */
export interface Heard {
  readonly sourceId: string;
  /** `ADT^A01`, or longer. */
  readonly messageType: string;
  readonly messageId: string;
  /** When the bus took it (ISO 8601 UTC). */
  readonly at: string;
  /** It would have been certified. */
  readonly isTaken: boolean;
  readonly findings: readonly Finding[];
}

type Blocker = Pick<SourceBlocker, keyof SourceBlocker>;

/** Keeps what holds sources in testing back, in the transaction of whatever it was found in. */
export async function noteHeard({ manager }: Turn, heard: readonly Heard[]): Promise<void> {
  if (heard.length === 0) return;
  const sourceIds = [...new Set(heard.map(({ sourceId }) => sourceId))];
  const stored = await manager.findBy(SourceBlocker, { sourceId: In(sourceIds) });
  const known = new Set(stored.map(keyOf));
  for (const sourceId of sourceIds) {
    const held = new Map<string, Blocker>(
      stored.filter((row) => row.sourceId === sourceId).map((row) => [row.id, row]),
    );
    const changed = new Set<string>();
    for (const one of heard) if (one.sourceId === sourceId) hear(held, changed, one);
    const rows = [...held.values()].filter(({ id }) => changed.has(id));
    await insertRows(
      manager,
      SourceBlocker,
      rows.filter((row) => !known.has(keyOf(row))),
    );
    for (const row of rows)
      if (known.has(keyOf(row))) await manager.update(SourceBlocker, { sourceId, id: row.id }, counted(row));
  }
}

function hear(held: Map<string, Blocker>, changed: Set<string>, one: Heard): void {
  const messageType = typeOf(one.messageType);
  const hits = new Set(
    one.findings.filter(({ rule }) => isBlocking(rule)).map((finding) => meet(held, finding, { ...one, messageType })),
  );
  for (const blocker of held.values()) {
    if (hits.has(blocker.id)) changed.add(blocker.id);
    else if (one.isTaken && one.at >= blocker.lastAt && blocker.cleanOfAny < cleanOfAnyMin) {
      changed.add(blocker.id);
      blocker.cleanOfAny += 1;
      if (blocker.messageType === messageType) blocker.cleanOfType += 1;
    }
  }
}

/** The finding was met once more. */
function meet(held: Map<string, Blocker>, found: Finding, { sourceId, messageType, messageId, at }: Heard): string {
  const id = blockerId(found, messageType);
  const isRoom = held.has(id) || held.size < blockerKindsMax;
  const [finding, type] = isRoom ? [found, messageType] : [{ ...otherFindings, rule: 'refused-other' }, ''];
  const key = isRoom ? id : blockerId(finding, type);
  const before = held.get(key) ?? begun(sourceId, key, { finding, messageType: type, at });
  held.set(key, {
    ...before,
    count: before.count + 1,
    lastAt: at > before.lastAt ? at : before.lastAt,
    lastMessageId: messageId,
    cleanOfType: 0,
    cleanOfAny: 0,
  });
  return key;
}

/** A blocker that was not met yet. */
export function begun(
  sourceId: string,
  id: string,
  { finding, messageType, at }: { finding: Finding; messageType: string; at: string },
): Blocker {
  const { rule, location, text } = finding;
  const notAccepted = { acceptedAt: null, acceptedBy: null, acceptedReason: null };
  const counts = { count: 0, firstAt: at, lastAt: at, lastMessageId: '', cleanOfType: 0, cleanOfAny: 0 };
  return { sourceId, id, rule, location, text, messageType, ...counts, ...notAccepted };
}

function counted({ count, lastAt, lastMessageId, cleanOfType, cleanOfAny }: Blocker) {
  return { count, lastAt, lastMessageId, cleanOfType, cleanOfAny };
}

/** `ADT^A01^ADT_A01` is `ADT^A01`. */
function typeOf(messageType: string): string {
  return messageType.split('^').slice(0, 2).join('^').slice(0, lengthsMax.messageType);
}

function keyOf({ sourceId, id }: Blocker): string {
  return `${sourceId} ${id}`;
}
