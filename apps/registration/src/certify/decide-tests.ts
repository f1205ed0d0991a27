import { sign } from 'node:crypto';
import { type Finding, parseFindings, type SignedTestVerdict, testedBytes, type TestVerdict } from '@anamnesis/core';
import { TestDecision } from '@anamnesis/store';
import { In } from 'typeorm';
import { oweAcks } from '../acknowledgements/owe-acks.js';
import { countLocalCodes } from '../codes/count-local-codes.js';
import { countFindings } from '../conformance/count-findings.js';
import { occurrencesIn } from '../conformance/occurrences-in.js';
import { refusalFinding } from '../conformance/refusal-finding.js';
import { insertPlain } from '../outbox/insert-plain.js';
import type { Turn } from '../outbox/turn.js';
import { type Heard, noteHeard } from '../phases/note-heard.js';
import type { Registration } from '../registration.js';
import type { Case, CheckedEvent, Judged } from './case.js';
import { policyVersion } from './certify-event.js';
import { judgeCases } from './judge-cases.js';
import { countSources } from './tally.js';

/** Digest of the header that was judged, and what was said of it. */
export interface TestOutcome {
  readonly headerDigest: string;
  readonly verdict: TestVerdict;
}

/**
 * Decides events of sources in testing as if they were certified, by the same rules, and counts what is wrong with them.
 * Nothing else comes of it: no record, no person, no secret, no authority, no leaf. By event id.
 */
export async function decideTests(
  registration: Registration,
  turn: Turn,
  events: readonly CheckedEvent[],
): Promise<ReadonlyMap<string, TestOutcome>> {
  const outcomes = new Map<string, TestOutcome>();
  if (events.length === 0) return outcomes;
  const known = await turn.manager.findBy(TestDecision, { eventId: In(events.map(({ event }) => event.id)) });
  for (const { eventId, headerDigest, verdict } of known)
    outcomes.set(eventId, { headerDigest, verdict: JSON.parse(verdict) as TestVerdict });
  const cases = new Map<string, Case>();
  for (const checked of events)
    if (!outcomes.has(checked.event.id) && !cases.has(checked.event.id)) cases.set(checked.event.id, caseOf(checked));
  const { judged } = await judgeCases(registration, turn, [...cases.values()]);
  for (const one of judged) {
    const { headerDigest } = one;
    outcomes.set(one.event.id, { headerDigest, verdict: signed(registration, verdictOf(turn, one)) });
  }
  await keep(turn, judged, outcomes);
  await oweAcks(registration, turn, judged);
  await countSources(turn, judged, new Set());
  const found = judged.map((one) => ({ ...one, found: foundIn(one) }));
  await countFindings(turn, found.flatMap(occurrencesOf));
  await countLocalCodes(turn, judged);
  await noteHeard(turn, found.flatMap(heardOf));
  return outcomes;
}

function caseOf(checked: CheckedEvent): Case {
  const appendedAt = checked.record.appendedAt.toISOString();
  return { ...checked, generation: 1, appendedAt, isRevokedAccepted: false, isTest: true };
}

function verdictOf({ at }: Turn, { event, headerDigest, appendedAt, recordKey, verdict }: Judged): SignedTestVerdict {
  const rejection = 'rejection' in verdict ? verdict.rejection : undefined;
  return {
    ...{ history: 'test', eventId: event.id, headerDigest, policyVersion, decidedAt: at, appendedAt, recordKey },
    ...(rejection && { refusal: { code: rejection.code, reason: rejection.message.slice(0, 255) } }),
  };
}

function signed({ signing }: Registration, verdict: SignedTestVerdict): TestVerdict {
  const signature = sign('sha256', testedBytes(verdict), { key: signing.key, dsaEncoding: 'ieee-p1363' });
  const value = signature.toString('base64url');
  return { ...verdict, signature: { algorithm: 'ES256', certificateSerial: signing.serial, value } };
}

async function keep(
  { manager }: Turn,
  judged: readonly Judged[],
  outcomes: ReadonlyMap<string, TestOutcome>,
): Promise<void> {
  const rows = judged.map(({ event, sourceId, headerDigest, appendedAt }) => ({
    eventId: event.id,
    sourceId,
    headerDigest,
    verdict: JSON.stringify(outcomes.get(event.id)?.verdict),
    appendedAt,
  }));
  await insertPlain(manager, TestDecision, rows);
}

type Found = Judged & { readonly found: readonly Finding[] };

/** What only testing looks for. */
function foundIn({ event }: Judged): readonly Finding[] {
  const isScoped = event.subject?.system.startsWith('urn:anamnesis:facility:') === true;
  if (!isScoped || event.ordinal > 0) return [];
  const text = 'PID-3.4 Assigning Authority: the number came without one, and the source has no authorityDefault';
  return [{ rule: 'authority-missing', location: 'PID-3.4', text }];
}

function occurrencesOf(one: Found) {
  const { sourceId, appendedAt, event, found } = one;
  const more = sourceId === null ? [] : found;
  const about = { sourceId: sourceId ?? '', at: appendedAt, messageId: event.source.messageId };
  return [...occurrencesIn(one), ...more.map((finding) => ({ ...about, finding }))];
}

function heardOf(one: Found): readonly Heard[] {
  const { sourceId, event, appendedAt: at, verdict, found } = one;
  const isTaken = 'judgement' in verdict;
  // A message counts once, with its first event; what refuses another of its events counts too.
  if (sourceId === null || (event.ordinal > 0 && isTaken)) return [];
  const { messageId, messageType } = event.source;
  const carried = event.ordinal === 0 ? parseFindings(event.resources.findings) : [];
  const refused = isTaken ? [] : [refusalFinding(verdict.rejection.code, verdict.rejection.message)];
  return [{ sourceId, messageType, messageId, at, isTaken, findings: [...carried, ...found, ...refused] }];
}
