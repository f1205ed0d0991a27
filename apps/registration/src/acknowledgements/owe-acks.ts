import {
  acknowledgementRequestOf,
  eventId,
  type IntakeRefusal,
  Rejected,
  type SourceFact,
  type TestVerdict,
} from '@anamnesis/core';
import { AcknowledgementListener, ApplicationAck, Decision, insertOnce, TestDecision } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Judged } from '../certify/case.js';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { composeAck, type ComposedAck } from './compose-ack.js';

interface Message {
  readonly ids: readonly string[];
  /** MSH-10 */
  readonly messageId: string;
  readonly msh: Uint8Array;
  readonly source: SourceFact;
  /** Of a source in testing: decided for the test history. */
  readonly isTest: boolean;
}

/**
 * Notes what senders are owed of the messages that are decided now with all their events, in the transaction that decides
 * them. A replay of a refused event is not told: the sender was told of the refusal, and the operator acts for it.
 */
export async function oweAcks(registration: Registration, turn: Turn, judged: readonly Judged[]): Promise<void> {
  const messages = new Map<string, Message>();
  for (const one of judged) {
    const message = messageOf(registration, one);
    if (message?.ids[0] !== undefined) messages.set(message.ids[0], message);
  }
  for (const [id, message] of messages) await oweOne(registration, turn, { id, ...message });
}

async function oweOne(
  registration: Registration,
  turn: Turn,
  { id, ids, messageId, msh, source, isTest }: Message & { readonly id: string },
): Promise<void> {
  const decisions = await (isTest ? testDecisions(turn, ids) : decisionsOf(turn, ids));
  if (decisions.length < ids.length) return;
  const ack = composeAck({ id, msh, source, decisions, at: new Date(turn.at) });
  if (ack !== undefined)
    await oweAck(registration, turn, { ...ack, id: isTest ? `test:${id}` : id, messageId, source });
}

type Decided = Parameters<typeof composeAck>[0]['decisions'];

function decisionsOf({ manager }: Turn, ids: readonly string[]): Promise<Decided> {
  return manager.find(Decision, {
    select: { eventId: true, generation: true, outcome: true, code: true, reason: true, ordinal: true },
    where: { eventId: In([...ids]), generation: 1 },
    order: { ordinal: 'ASC' },
  });
}

/** In the order of `ids`, which is that of the message. */
async function testDecisions({ manager }: Turn, ids: readonly string[]): Promise<Decided> {
  const rows = await manager.findBy(TestDecision, { eventId: In([...ids]) });
  const verdicts = new Map(rows.map(({ eventId, verdict }) => [eventId, JSON.parse(verdict) as TestVerdict]));
  return ids.flatMap((id) => {
    const verdict = verdicts.get(id);
    if (verdict === undefined) return [];
    const { code = null, reason = null } = verdict.refusal ?? {};
    return [{ outcome: code === null ? ('certified' as const) : ('refused' as const), code, reason }];
  });
}

/** Notes what a sender is owed of a message that its adapter refused; the adapter has written it. */
export async function oweRefusal(
  registration: Registration,
  turn: Turn,
  {
    source,
    refusal,
    body,
  }: { readonly source: SourceFact; readonly refusal: IntakeRefusal; readonly body: Uint8Array },
): Promise<void> {
  const { acknowledgement, id, controlId: messageId } = refusal;
  if (acknowledgement === undefined || body.length === 0) return;
  const { code, controlId } = acknowledgement;
  await oweAck(registration, turn, { code, controlId: controlId.slice(0, 40), content: body, id, messageId, source });
}

function messageOf({ cache, keys }: Registration, { event, generation, isTest }: Judged): Message | undefined {
  const source = cache.sourceOf(event.source);
  if (generation !== 1 || source?.applicationAcknowledgementTo === undefined) return undefined;
  const request = requestOf(event.resources);
  if (request === undefined) return undefined;
  const { facility, application, messageId } = event.source;
  const parts = { facility, application, messageId, rawDigest: Buffer.from(event.raw.digest, 'hex') };
  const ids = Array.from({ length: request.events }, (_, ordinal) =>
    eventId(keys.deploymentKey, { ...parts, ordinal }),
  );
  // One that says other than its own message would wait for ever, or answer for another.
  return ids.includes(event.id)
    ? { ids, messageId, msh: Buffer.from(request.msh, 'base64'), source, isTest: isTest === true }
    : undefined;
}

function requestOf(resources: Judged['event']['resources']) {
  try {
    return acknowledgementRequestOf({ ...resources });
  } catch (error) {
    if (error instanceof Rejected) return undefined; // derived and not signed: no reason to refuse the event
    throw error;
  }
}

interface Owed extends ComposedAck {
  readonly id: string;
  readonly messageId: string;
  readonly source: SourceFact;
}

async function oweAck({ settings }: Registration, turn: Turn, owed: Owed): Promise<void> {
  const { id, messageId, controlId, code, content, source } = owed;
  if (source.applicationAcknowledgementTo === undefined) return;
  const { manager, at } = turn;
  const sourceId = source.id;
  const waiting = await manager.countBy(ApplicationAck, { sourceId, state: 'waiting' });
  const isFull = waiting >= settings.APPLICATION_ACK_QUEUE_MAX;
  const state = isFull ? ('given-up' as const) : ('waiting' as const);
  const more = { result: isFull ? 'queue-full' : null, settledAt: isFull ? at : null };
  const row = {
    id,
    sourceId,
    messageId,
    controlId,
    code,
    content: Buffer.from(content),
    state,
    createdAt: at,
    ...more,
  };
  if (await manager.existsBy(ApplicationAck, { id })) return;
  await manager.insert(ApplicationAck, row);
  const listener = { sourceId, attempts: 0, nextAttemptAt: at, leasedBy: null, leasedUntil: null };
  await insertOnce(manager, AcknowledgementListener, listener);
}
