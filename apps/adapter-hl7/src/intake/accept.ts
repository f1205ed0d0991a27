import { type EventId, type SourceFact, Unavailable } from '@anamnesis/core';
import { type Corrected, type Message, MessageError, type MessageHeader, type ParseOptions } from '@anamnesis/hl7v2';
import { type SigningIdentity, within } from '@anamnesis/runtime';
import { digestSlowly } from '../documents/slices.js';
import { storeValues } from '../documents/store-values.js';
import type { Taken } from '../documents/take-documents.js';
import { type Arrival, composeEvents, firstEventId } from './compose-events.js';
import { correctedOf } from './corrected.js';
import type { From, JudgeOptions } from './judge-options.js';
import type { UnsignedMessage } from './message-signing.js';
import { type Outcome, type Refusal, unavailable } from './outcome.js';
import { optionsOf, readAgain, readingOf, readMessage } from './read-message.js';

/** A message whose events are to be signed and published before it is answered. */
export interface Publishable extends UnsignedMessage {
  readonly kind: 'publishable';
  /** Of its first event. */
  readonly id: EventId;
  readonly header: MessageHeader;
  readonly source: SourceFact;
}

/** A message that was read, whatever becomes of it. */
export interface Received {
  /** All of the message. */
  readonly bytes: Uint8Array;
  readonly taken: Taken;
  readonly reading: ParseOptions;
  /** As its source means it. */
  readonly corrected: Corrected;
}

export function receivedFrom(bytes: Uint8Array, taken: Taken, { source, peer }: From): Received {
  const reading = peer.charset === undefined ? readingOf(source, taken.message) : optionsOf(peer);
  const message = peer.charset === undefined ? readAgain(taken.message, reading) : taken.message;
  return { bytes, taken: { ...taken, message }, reading, corrected: correctedOf(source, message) };
}

/** The message as it travels, with what it left in the content store: durable before anything names it. */
async function withoutValues(
  { bytes, taken, reading, corrected }: Received,
  { content, source }: Pick<JudgeOptions, 'content'> & Pick<From, 'source'>,
): Promise<Pick<Arrival, 'message' | 'corrected' | 'detached'>> {
  if (taken.values.length === 0) return { message: taken.message, corrected, detached: [] };
  const detached = await storeValues(bytes, taken, content);
  const read: Message | MessageError = readMessage(taken.message.bytes, { ...reading, detached });
  const message = read instanceof MessageError ? taken.message : read;
  return { message, corrected: correctedOf(source, message), detached };
}

/** Composes the events of a message that was admitted; what it says was taken before makes none. */
export async function accept(
  received: Received,
  { source, peer }: From,
  options: JudgeOptions,
): Promise<Outcome | Publishable> {
  const { deploymentKey, recent, metrics, registry, defects } = options;
  const { message } = received.taken;
  const { corrected } = received;
  const rawDigest = await digestSlowly(received.bytes);
  const receivedAt = new Date().toISOString();
  const whole: Arrival = { message, source, rawDigest, receivedAt, peer, corrected, detached: [] };
  const id = firstEventId(deploymentKey, whole);
  const recurrence = recent.judge(source, message.header.controlId, id);
  if (recurrence === 'duplicate') {
    metrics.duplicates.inc();
    return { kind: 'done' };
  }
  if (recurrence === 'control-id-reuse') metrics.controlIdReuse.inc();
  const identity = await identityOf(source, options);
  const stored = await withoutValues(received, { content: options.content, source }).catch(fullOrThrow);
  if ('condition' in stored) {
    metrics.detachFailures.inc();
    return stored;
  }
  metrics.detached.inc(stored.detached.length);
  const arrival = { ...whole, ...stored, id };
  const events = composeEvents(arrival, {
    deploymentKey,
    registry,
    rules: await options.rules,
    onMappingDefect: (defect) => {
      defects.note('map', defect);
      metrics.unmapped.inc({ reason: 'defect' });
    },
    onUndecodable: (fields) => {
      metrics.undecodableFields.inc(fields);
    },
  });
  return { kind: 'publishable', id, header: message.header, source, events, body: arrival.message.bytes, identity };
}

/** A full disk is said as it is where the bus has none left. */
function fullOrThrow(problem: unknown): Refusal {
  if (!(problem instanceof Unavailable)) throw problem;
  return unavailable('the message cannot be stored now', { isDependency: true, isBusAway: false });
}

async function identityOf(source: SourceFact, options: JudgeOptions): Promise<SigningIdentity> {
  const present = options.sourceKeys.present(source.id);
  if (present !== undefined) return present;
  const { contactTimeoutMs: timeoutMs } = options;
  return within(options.sourceKeys.open(source.id), { timeoutMs, dependency: 'registration' });
}
