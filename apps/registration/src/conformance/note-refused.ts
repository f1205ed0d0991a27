import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import { type Fields, type IntakeRefusal, integerOf, textOf } from '@anamnesis/core';
import { RefusalPosition } from '@anamnesis/store';
import { oweRefusal } from '../acknowledgements/owe-acks.js';
import { inTurn, type Turn } from '../outbox/turn.js';
import { type Heard, noteHeard } from '../phases/note-heard.js';
import { stepAt } from '../phases/phase-at.js';
import type { Registration } from '../registration.js';
import { countFindings, type Occurrence } from './count-findings.js';
import { refusalFinding } from './refusal-finding.js';

interface Refused {
  readonly record: DeliveredRecord;
  readonly refusal: IntakeRefusal;
}

/**
 * Counts what adapters refused, of one partition, in order, and notes what their senders are owed of it. How far it
 * counted commits with the counts: what the bus delivers again is not counted again.
 */
export async function noteRefused(
  registration: Registration,
  records: readonly DeliveredRecord[],
): Promise<readonly Refusal[]> {
  const { done, refusals } = judgeEach(records, (record) => ({ record, refusal: parseRefusal(record.header) }));
  if (done.length > 0) await inTurn(registration.store, (turn) => count(registration, turn, done));
  return refusals;
}

async function count(registration: Registration, turn: Turn, refused: readonly Refused[]): Promise<void> {
  const { cache } = registration;
  const fresh = await passPosition(turn, refused);
  const bindings = fresh.map(({ refusal }) => refusal);
  await cache.load(turn, { bindings, serials: [], systems: [] });
  const occurrences: Occurrence[] = [];
  const heard: Heard[] = [];
  for (const { record, refusal } of fresh) {
    const source = cache.sourceOf(refusal);
    const at = record.appendedAt.toISOString();
    const phase = source && (stepAt(cache.phases(source.id), at)?.phase ?? 'certified');
    // What a draft is answered says nothing of what it sent.
    if (source === undefined || phase === 'draft' || refusal.isOurs === true) continue;
    const about = { sourceId: source.id, at, messageId: refusal.controlId };
    const finding = refusalFinding(refusal.condition, refusal.reason, refusal.location);
    occurrences.push({ ...about, finding });
    const { messageType } = refusal;
    if (phase === 'testing') heard.push({ ...about, messageType, isTaken: false, findings: [finding] });
  }
  await countFindings(turn, occurrences);
  await oweAll(registration, turn, fresh);
  await noteHeard(turn, heard);
}

async function oweAll(registration: Registration, turn: Turn, refused: readonly Refused[]): Promise<void> {
  for (const { record, refusal } of refused) {
    const source = registration.cache.sourceOf(refusal);
    if (source !== undefined) await oweRefusal(registration, turn, { source, refusal, body: record.body });
  }
}

/** Those that were not counted yet; from now on they are. A bus that began anew has small offsets and later times. */
async function passPosition({ manager }: Turn, refused: readonly Refused[]): Promise<readonly Refused[]> {
  const partitionId = refused[0]?.record.partition ?? 0;
  const before = await manager.findOneBy(RefusalPosition, { partitionId });
  const fresh = refused.filter(
    ({ record }) =>
      before === null || record.offset > before.lastOffset || record.appendedAt.toISOString() > before.appendedAt,
  );
  const last = fresh.at(-1)?.record;
  if (last === undefined) return [];
  const appendedAt =
    fresh
      .map(({ record }) => record.appendedAt.toISOString())
      .sort()
      .at(-1) ?? '';
  const position = { lastOffset: last.offset, appendedAt };
  if (before === null) await manager.insert(RefusalPosition, { partitionId, ...position });
  else await manager.update(RefusalPosition, { partitionId }, position);
  return fresh;
}

function parseRefusal(header: Fields): IntakeRefusal {
  for (const field of ['facility', 'application', 'controlId', 'messageType', 'location', 'reason'])
    textOf(header, field);
  integerOf(header, 'condition');
  return header as unknown as IntakeRefusal;
}
