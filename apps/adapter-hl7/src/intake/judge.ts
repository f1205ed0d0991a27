import type { BusRecord } from '@anamnesis/bus';
import type { EventId, SourceFact } from '@anamnesis/core';
import {
  canonicalCharset,
  type Message,
  MessageError,
  type MessageHeader,
  parseMessage,
  type ParseOptions,
  readHeader,
  type Rules,
} from '@anamnesis/hl7v2';
import { type SigningIdentity, type SourceKeys, type SourceRegistry, within } from '@anamnesis/runtime';
import type { AdapterMetrics } from '../adapter-metrics.js';
import { admit } from './admit.js';
import { admitContent } from './admit-content.js';
import type { Block, Peer } from '../mllp/block.js';
import { type Arrival, composeEvents, digestOf, firstEventId } from './compose-events.js';
import type { DefectWatch } from '../defect-watch.js';
import { error, type Outcome, type Refusal, reject } from './outcome.js';
import type { RecentMessages } from './recent-messages.js';
import { type Senders, senderOf } from '../sources/senders.js';

export interface JudgeOptions {
  readonly deploymentKey: Uint8Array;
  readonly contactTimeoutMs: number;
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
  const message = read(block.bytes, optionsOf(peer));
  if (message instanceof MessageError)
    return { ...identified(block.bytes, options.registry), sizeBytes, result: refusalOf(message, block.bytes) };
  const { header } = message;
  const source = await findSource(header, peer, options);
  if ('condition' in source) return { header, sizeBytes, result: source };
  const decoded = peer.charset === undefined ? decodedFor(source, message) : message;
  const refusal = admit(header, source, peer) ?? admitContent(decoded);
  const result = refusal ?? (await accept(decoded, { source, peer }, options));
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

/** A set that the transport names outranks MSH-18. */
function optionsOf({ charset }: Peer): ParseOptions {
  return charset === undefined ? {} : { charsetDefault: charset, charsetPolicy: 'force' };
}

function read(bytes: Uint8Array, options: ParseOptions = {}): Message | MessageError {
  try {
    return parseMessage(bytes, options);
  } catch (problem) {
    if (problem instanceof MessageError) return problem;
    throw problem;
  }
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

/** The source's own character set counts where the message does not say one, and under `force` always (C4). */
function decodedFor(source: SourceFact, message: Message): Message {
  const { charset, charsetPolicy = 'declared' } = source;
  if (charset === undefined || (message.charset.origin === 'declared' && charsetPolicy !== 'force')) return message;
  // A name that is no set we can read is as good as none: it must not stop the source.
  if (canonicalCharset(charset) === undefined) return message;
  const decoded = read(message.bytes, { charsetDefault: charset, charsetPolicy });
  // What its own set makes unreadable is read as it says itself, and what means nothing is flagged.
  return decoded instanceof MessageError ? message : decoded;
}

async function accept(
  message: Message,
  { source, peer }: { readonly source: SourceFact; readonly peer: Peer },
  options: JudgeOptions,
): Promise<Outcome | Publishable> {
  const { deploymentKey, recent, metrics, registry, defects } = options;
  const rawDigest = digestOf(message.bytes);
  const receivedAt = new Date().toISOString();
  const arrival: Arrival = { message, source, rawDigest, receivedAt, peer };
  const id = firstEventId(deploymentKey, arrival);
  const recurrence = recent.judge(source.id, message.header.controlId, id);
  if (recurrence === 'duplicate') {
    metrics.duplicates.inc();
    return { kind: 'done' };
  }
  if (recurrence === 'control-id-reuse') metrics.controlIdReuse.inc();
  const identity = await identityOf(source, options);
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

async function identityOf(source: SourceFact, options: JudgeOptions): Promise<SigningIdentity> {
  const present = options.sourceKeys.present(source.id);
  if (present !== undefined) return present;
  const { contactTimeoutMs: timeoutMs } = options;
  return within(options.sourceKeys.open(source.id), { timeoutMs, dependency: 'registration' });
}
