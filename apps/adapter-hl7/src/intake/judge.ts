import type { BusRecord } from '@anamnesis/bus';
import type { ContentStore } from '@anamnesis/content';
import { type EventId, type SourceFact, Unavailable } from '@anamnesis/core';
import { MessageError, type MessageHeader, type ParseOptions, readHeader, type Rules } from '@anamnesis/hl7v2';
import type { AdapterMetrics } from '../adapter-metrics.js';
import { admit } from './admit.js';
import { admitContent } from './admit-content.js';
import type { Block, Peer } from '../mllp/block.js';
import { type Arrival, composeEvents, firstEventId } from './compose-events.js';
import type { DefectWatch } from '../defect-watch.js';
import { digestSlowly } from '../documents/slices.js';
import { storeValues } from '../documents/store-values.js';
import { type Taken, takeDocuments } from '../documents/take-documents.js';
import { error, type Outcome, type Refusal, reject, unavailable } from './outcome.js';
import { optionsOf, readAgain, readingOf, readMessage } from './read-message.js';
import type { RecentMessages } from './recent-messages.js';
import { type Senders, senderOf } from '../sources/senders.js';
import type { SigningIdentity, SourceKeys } from '../sources/source-keys.js';
import type { SourceRegistry } from '../sources/source-registry.js';
import { within } from '../within.js';

export interface JudgeOptions {
  readonly deploymentKey: Uint8Array;
  readonly contactTimeoutMs: number;
  /** Of what is taken out of a message, and of what may be left of it. */
  readonly detachBytesMin: number;
  readonly restBytesMax: number;
  readonly content: Pick<ContentStore, 'put'>;
  readonly registry: SourceRegistry;
  readonly senders: Senders;
  readonly sourceKeys: SourceKeys;
  readonly recent: RecentMessages;
  readonly metrics: AdapterMetrics;
  readonly defects: DefectWatch;
  /** Being loaded: the first message waits for them. */
  readonly rules: Promise<Rules>;
}

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
  const taken = await takeDocuments(block.bytes, {
    bytesMin: options.detachBytesMin,
    restBytesMax: options.restBytesMax,
    read: (bytes, detached) => readMessage(bytes, { ...optionsOf(peer), detached }),
  });
  if (taken === 'too-large')
    return judgeTooLarge({ kind: 'too-large', head: block.bytes, sizeBytes }, options.registry);
  if (taken instanceof MessageError)
    return { ...identified(block.bytes, options.registry), sizeBytes, result: refusalOf(taken, block.bytes) };
  const { header } = taken.message;
  const source = await findSource(header, peer, options);
  if ('condition' in source) return { header, sizeBytes, result: source };
  const reading = peer.charset === undefined ? readingOf(source, taken.message) : optionsOf(peer);
  const decoded = peer.charset === undefined ? readAgain(taken.message, reading) : taken.message;
  const refusal = admit(header, source, peer) ?? admitContent(decoded);
  const received = { bytes: block.bytes, taken: { ...taken, message: decoded }, reading };
  const result = refusal ?? (await accept(received, { source, peer }, options));
  return { header: decoded.header, source, sizeBytes, result };
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
}

/** The message as it travels, with what it left in the content store: durable before anything names it. */
async function withoutValues({ bytes, taken, reading }: Received, content: JudgeOptions['content']) {
  if (taken.values.length === 0) return { message: taken.message, detached: [] };
  const detached = await storeValues(bytes, taken, content);
  const message = readMessage(taken.message.bytes, { ...reading, detached });
  return { message: message instanceof MessageError ? taken.message : message, detached };
}

async function accept(
  received: Received,
  { source, peer }: { readonly source: SourceFact; readonly peer: Peer },
  options: JudgeOptions,
): Promise<Outcome | Publishable> {
  const { deploymentKey, recent, metrics, registry, defects } = options;
  const { message } = received.taken;
  const rawDigest = await digestSlowly(received.bytes);
  const receivedAt = new Date().toISOString();
  const whole: Arrival = { message, source, rawDigest, receivedAt, peer, detached: [] };
  const id = firstEventId(deploymentKey, whole);
  const recurrence = recent.judge(source.id, message.header.controlId, id);
  if (recurrence === 'duplicate') {
    metrics.duplicates.inc();
    return { kind: 'done' };
  }
  if (recurrence === 'control-id-reuse') metrics.controlIdReuse.inc();
  const identity = await identityOf(source, options);
  const stored = await withoutValues(received, options.content).catch(fullOrThrow);
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
