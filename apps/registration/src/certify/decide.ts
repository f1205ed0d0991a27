import { setImmediate as letOthersRun } from 'node:timers/promises';
import { Authority, Decision, insertRows, RefusedEvent } from '@anamnesis/store';
import { In } from 'typeorm';
import { oweAcks } from '../acknowledgements/owe-acks.js';
import { countLocalCodes } from '../codes/count-local-codes.js';
import { countFindings } from '../conformance/count-findings.js';
import { occurrencesIn } from '../conformance/occurrences-in.js';
import { indexRecords } from '../persons/index-records.js';
import { insertPlain } from '../outbox/insert-plain.js';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import type { Case, CheckedEvent, Judged } from './case.js';
import { certifyEvent } from './certify-event.js';
import { keepRefused, settleRefused } from './keep-refused.js';
import { judgeCases } from './judge-cases.js';
import { countSources, reusedControlIds } from './tally.js';

type RefusedState = Pick<RefusedEvent, 'eventId' | 'generation' | 'isRevokedAccepted' | 'appendedAt'>;

export interface Decisions {
  /** By event id: of the generation that holds. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Something announced may still wait in the outbox. */
  readonly isRelayNeeded: boolean;
}

/** Decides the events of one batch in one turn: decisions, person index, secrets and announcements commit together. */
export async function decide(
  registration: Registration,
  turn: Turn,
  events: readonly CheckedEvent[],
): Promise<Decisions> {
  const refused = await refusedStates(turn, events);
  const decisions = await decidedAlready(turn, events, refused);
  const isRepeated = decisions.size > 0;
  const cases = new Map<string, Case>();
  for (const checked of events) {
    const { id } = checked.event;
    if (!decisions.has(id) && !cases.has(id)) cases.set(id, caseOf(checked, refused.get(id)));
  }
  const judged = await judgeAll(registration, turn, [...cases.values()]);
  for (const decision of await record(registration, turn, judged)) decisions.set(decision.eventId, decision);
  return { decisions, isRelayNeeded: isRepeated || turn.hasAnnounced };
}

async function refusedStates(turn: Turn, events: readonly CheckedEvent[]): Promise<ReadonlyMap<string, RefusedState>> {
  const rows = await turn.manager.find(RefusedEvent, {
    select: { eventId: true, generation: true, isRevokedAccepted: true, appendedAt: true },
    where: { eventId: In(events.map(({ event }) => event.id)) },
  });
  return new Map(rows.map((row) => [row.eventId, row]));
}

async function decidedAlready(
  turn: Turn,
  events: readonly CheckedEvent[],
  refused: ReadonlyMap<string, RefusedState>,
): Promise<Map<string, Decision>> {
  const rows = await turn.manager.findBy(Decision, { eventId: In(events.map(({ event }) => event.id)) });
  const holding = rows.filter((row) => row.generation === (refused.get(row.eventId)?.generation ?? 1));
  return new Map(holding.map((row) => [row.eventId, row]));
}

function caseOf(checked: CheckedEvent, refused: RefusedState | undefined): Case {
  return {
    ...checked,
    generation: refused?.generation ?? 1,
    appendedAt: refused?.appendedAt ?? checked.record.appendedAt.toISOString(),
    isRevokedAccepted: refused?.isRevokedAccepted ?? false,
  };
}

async function judgeAll(registration: Registration, turn: Turn, cases: readonly Case[]): Promise<readonly Judged[]> {
  const { judged, firstUsed } = await judgeCases(registration, turn, cases);
  for (const fact of firstUsed) turn.announceFact(fact);
  const rows = firstUsed.map(({ system, scope, issuer = null }) => ({ system, scope, issuer }));
  await insertRows(
    turn.manager,
    Authority,
    rows.map((row) => ({ ...row, linking: 'off' as const, createdAt: turn.at })),
  );
  return judged;
}

async function record(registration: Registration, turn: Turn, judged: readonly Judged[]): Promise<readonly Decision[]> {
  const passed = judged.filter(({ verdict }) => 'judgement' in verdict);
  // The driver is synchronous: without these pauses no acknowledgement goes out while a batch is decided.
  await letOthersRun();
  const ordinals = await indexRecords(registration, turn, passed);
  await letOthersRun();
  const secrets = await registration.secrets.ensure(
    turn,
    passed.map((one) => one.recordKey),
  );
  const reused = await reusedControlIds(turn, judged);
  const decisions = judged.map((one) => {
    const base = decisionBase(turn, one, reused.has(one.event.id));
    const { verdict } = one;
    if ('rejection' in verdict) {
      const { code, message } = verdict.rejection;
      return { ...base, outcome: 'refused' as const, code, reason: message.slice(0, 255) };
    }
    const secret = secrets.get(one.recordKey);
    if (secret === undefined) throw new Error('a record has no secret');
    const ordinal = ordinals.get(one.recordKey);
    const certification = certifyEvent(one, { signing: registration.signing, secret, decidedAt: turn.at, ordinal });
    return { ...base, outcome: 'certified' as const, certification: JSON.stringify(certification) };
  });
  await letOthersRun();
  await insertPlain(turn.manager, Decision, decisions);
  await oweAcks(registration, turn, judged);
  await keepRefused(registration.keys.kek, turn, judged);
  await settleRefused(turn, passed);
  await countSources(turn, judged, reused);
  await countFindings(turn, judged.flatMap(occurrencesIn));
  await countLocalCodes(turn, judged);
  return decisions;
}

function decisionBase({ at }: Turn, one: Judged, isControlIdReused: boolean) {
  const { event, verdict, generation, appendedAt, recordKey, headerDigest, sourceId } = one;
  const warnings = [
    ...('judgement' in verdict ? verdict.judgement.warnings : []),
    ...(isControlIdReused ? (['control-id-reused'] as const) : []),
  ];
  return {
    eventId: event.id,
    generation,
    code: null,
    reason: null,
    warnings: warnings.length === 0 ? null : warnings.join(','),
    sourceId,
    messageId: event.source.messageId,
    ordinal: event.ordinal,
    certificateSerial: event.signature.certificateSerial.slice(0, 64),
    headerDigest,
    certification: null,
    recordKey,
    decidedAt: at,
    appendedAt,
    anchoredAt: null,
  };
}
