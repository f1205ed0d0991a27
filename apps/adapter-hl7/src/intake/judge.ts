import type { SourceFact } from '@anamnesis/core';
import { MessageError, type MessageHeader, readHeader } from '@anamnesis/hl7v2';
import { type SourceRegistry, within } from '@anamnesis/runtime';
import { accept, type Publishable, type Received, receivedFrom } from './accept.js';
import { admit } from './admit.js';
import { admitContent } from './admit-content.js';
import type { Block, Peer } from '../mllp/block.js';
import { type Taken, takeDocuments } from '../documents/take-documents.js';
import type { From, JudgeOptions } from './judge-options.js';
import { cutOf, keepFragment } from './keep-fragment.js';
import { error, type Outcome, type Refusal, reject } from './outcome.js';
import { optionsOf, readMessage } from './read-message.js';
import { senderOf } from '../sources/senders.js';

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
