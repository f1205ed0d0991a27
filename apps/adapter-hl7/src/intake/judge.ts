import type { BusRecord } from '@anamnesis/bus';
import { type EventId, type SourceFact, Unavailable } from '@anamnesis/core';
import {
  type Corrected,
  type Message,
  MessageError,
  type MessageHeader,
  type ParseOptions,
  readHeader,
} from '@anamnesis/hl7v2';
import { type SigningIdentity, type SourceRegistry, within } from '@anamnesis/runtime';
import { admit } from './admit.js';
import { admitContent } from './admit-content.js';
import { correctedOf } from './corrected.js';
import type { Block, Peer } from '../mllp/block.js';
import { type Arrival, composeEvents, firstEventId } from './compose-events.js';
import { digestSlowly } from '../documents/slices.js';
import { storeValues } from '../documents/store-values.js';
import { type Taken, takeDocuments } from '../documents/take-documents.js';
import type { From, JudgeOptions } from './judge-options.js';
import { cutOf, keepFragment } from './keep-fragment.js';
import { error, type Outcome, type Refusal, reject, unavailable } from './outcome.js';
import { optionsOf, readAgain, readingOf, readMessage } from './read-message.js';
import { senderOf } from '../sources/senders.js';

/** A message whose events are to be published before it is answered. */
export interface Publishable {
  readonly kind: 'publishable';
  /** Of its first event. */
  readonly id: EventId;
  readonly header: MessageHeader;
  readonly source: SourceFact;
  readonly records: readonly BusRecord[];
}

/** A block as far as it was read, with its outcome or what is still to be published for it. */
export interface Judged {
  readonly header?: MessageHeader;
  readonly source?: SourceFact;
  readonly sizeBytes: number;
  readonly result: Outcome | Publishable;
}

/**
 * Reads a block, finds its sender and judges it; of what is accepted the events are composed. Throws `Unavailable` when
 * registration does not answer about a new sender.
 */
export async function judge(block: Block, peer: Peer, options: JudgeOptions): Promise<Judged> {
  if (block.kind === 'too-large') return judgeTooLarge(block, options.registry);
  const sizeBytes = block.bytes.length;
  if (block.kind === 'refused-batch')
    return {
      ...identified(block.bytes, options.registry),
      sizeBytes,
      result: { kind: 'error', condition: block.condition },
    };
  const taken = await takenFrom(block.bytes, peer, options);
  if ('condition' in taken) return { ...identified(block.bytes, options.registry), sizeBytes, result: taken };
  const { header } = taken.message;
  const source = await findSource(header, peer, options);
  if ('condition' in source) return { header, sizeBytes, result: source };
  const received = receivedFrom(block.bytes, taken, { source, peer });
  const refusal = admit(received.corrected.message.header, source, peer);
  const result = refusal ?? (await take(received, { source, peer }, options));
  return { header: received.taken.message.header, source, sizeBytes, result };
}

/** A message that was put together from fragments, each of them admitted before. */
export async function judgeAssembled(bytes: Uint8Array, from: From, options: JudgeOptions): Promise<Judged> {
  const { source, peer } = from;
  const sizeBytes = bytes.length;
  const taken = await takenFrom(bytes, peer, options);
  if ('condition' in taken) return { ...identified(bytes, options.registry), source, sizeBytes, result: taken };
  const received = receivedFrom(bytes, taken, from);
  const result = admitContent(received.corrected.message) ?? (await accept(received, from, options));
  return { header: received.taken.message.header, source, sizeBytes, result };
}

/** The message without its documents, or why there is none. */
async function takenFrom(bytes: Uint8Array, peer: Peer, options: JudgeOptions): Promise<Taken | Refusal> {
  const taken = await takeDocuments(bytes, {
    bytesMin: options.detachBytesMin,
    restBytesMax: options.restBytesMax,
    read: (rest, detached) => readMessage(rest, { ...optionsOf(peer), detached }),
  });
  if (taken === 'too-large') return tooLarge(identified(bytes, options.registry).header);
  return taken instanceof MessageError ? refusalOf(taken, bytes) : taken;
}

async function take(received: Received, from: From, options: JudgeOptions): Promise<Outcome | Publishable> {
  const { taken, corrected, bytes, reading } = received;
  const refusal = admitContent(corrected.message);
  const cut = cutOf(taken.message, {
    isWhole: refusal === undefined && taken.message.first('PID') !== undefined,
    isFragmenting: from.source.isFragmenting ?? options.fragmenting.has(from.source.id),
  });
  if (cut === undefined) return refusal ?? accept(received, from, options);
  // Documents are taken out of the whole, once it is put together.
  const fragment = taken.values.length === 0 ? taken.message : readMessage(bytes, reading);
  if (fragment instanceof MessageError || bytes.length > options.restBytesMax) return tooLarge(taken.message.header);
  return keepFragment(fragment, { ...from, cut }, options);
}

/** The sender of a block that cannot be judged, where it can be read: it decides how we answer. */
export function identified(head: Uint8Array, registry: SourceRegistry): Pick<Judged, 'header' | 'source'> {
  const header = readHeader(head);
  if (header === undefined) return {};
  const sender = senderOf(header);
  const source = sender === undefined ? undefined : registry.source(sender.facility, sender.application);
  return source === undefined ? { header } : { header, source };
}

/** F4. 104 exists since 2.7. */
export function tooLarge(header: MessageHeader | undefined): Refusal {
  const isKnown = /^2\.[7-9]/.test(header?.version ?? '');
  return error(isKnown ? 104 : 207, 'the message is larger than this system takes');
}

/** Of a block or its beginning. */
export function bytesOf(block: Block): Uint8Array {
  return block.kind === 'too-large' ? block.head : block.bytes;
}

function judgeTooLarge(block: Block & { kind: 'too-large' }, registry: SourceRegistry): Judged {
  const known = identified(block.head, registry);
  return { ...known, sizeBytes: block.sizeBytes, result: tooLarge(known.header) };
}

/** A6: without an MSH it is nobody's content that is wrong. */
function refusalOf({ condition }: MessageError, bytes: Uint8Array): Refusal {
  return { kind: readHeader(bytes) === undefined ? 'reject' : 'error', condition };
}

async function findSource(header: MessageHeader, peer: Peer, options: JudgeOptions): Promise<SourceFact | Refusal> {
  const sender = senderOf(header);
  if (sender === undefined) return reject(207, 'MSH-3 and MSH-4 are empty: the sender is unknown', 'MSH^1^4');
  const known = options.registry.source(sender.facility, sender.application);
  if (known !== undefined) return known;
  return within(options.senders.find(sender, peer), {
    timeoutMs: options.contactTimeoutMs,
    dependency: 'registration',
  });
}

interface Received {
  /** All of the message. */
  readonly bytes: Uint8Array;
  readonly taken: Taken;
  readonly reading: ParseOptions;
  /** As its source means it. */
  readonly corrected: Corrected;
}

function receivedFrom(bytes: Uint8Array, taken: Taken, { source, peer }: From): Received {
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

async function accept(
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
  const arrival = { ...whole, ...stored };
  const records = composeEvents(arrival, {
    deploymentKey,
    registry,
    identity,
    rules: await options.rules,
    onMappingDefect: (defect) => {
      defects.note('map', defect);
      metrics.unmapped.inc({ reason: 'defect' });
    },
    onUndecodable: (fields) => {
      metrics.undecodableFields.inc(fields);
    },
  });
  return { kind: 'publishable', id, header: message.header, source, records };
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
