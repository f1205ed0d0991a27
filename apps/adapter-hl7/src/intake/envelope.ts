import { type Batch, batchHeaderField, buildBatchAck, type ErrorCondition, splitBatch } from '@anamnesis/hl7v2';
import type { SourceFact } from '@anamnesis/core';
import type { SourceRegistry } from '@anamnesis/runtime';
import type { Block, Reception } from '../mllp/block.js';
import { identity, newControlId } from './acknowledge.js';
import { identified } from './judge.js';
import type { Answered } from './outcome.js';

/** In one block: more is a file, which comes by the watched folder. */
const messagesMax = 10_000;
const laterMessages = ['\r', '\n'].map((end) => Buffer.from(`${end}MSH`));

/** A block, opened: the messages in it, and how they lay there. */
export interface Envelope {
  /** Of one message each, or one that stands for all of a batch that is refused. */
  readonly blocks: readonly Block[];
  /** Absent for a message alone and for several without a batch header. */
  readonly batch?: Batch;
}

/** One message of an envelope with what came of it. */
export interface Received {
  readonly answered: Answered;
  readonly reception: Reception;
}

/**
 * Takes the messages out of a block: one, several without a batch header, or those of `[FHS]{[BHS]{messages}[BTS]}[FTS]`,
 * whose counts are checked before anything else is done with it.
 */
export function openEnvelope(block: Block): Envelope {
  if (block.kind !== 'message' || !mayHaveSeveral(block.bytes)) return { blocks: [block] };
  const batch = splitBatch(block.bytes);
  // What begins with something else is no batch, and a trailer alone makes none: judged as the one block that it is.
  if (batch.skippedBytes > 0 || (!hasHeader(batch) && batch.messages.length <= 1)) return { blocks: [block] };
  const condition = faultOf(batch);
  if (condition !== undefined) {
    const refused: Block = { kind: 'refused-batch', bytes: headOf(batch), condition };
    return { blocks: [refused], batch: { ...batch, groups: [batch.groups[0] ?? { count: 0 }] } };
  }
  const blocks = batch.messages.map((bytes): Block => ({ kind: 'message', bytes }));
  return batch.isBatch ? { blocks, batch } : { blocks };
}

/** The one answer to a block: that to its message, those to several in their order, or a batch of them. */
export function closeEnvelope(envelope: Envelope, received: readonly Received[], registry: SourceRegistry): Reception {
  const [first] = received;
  if (first !== undefined && received.length === 1 && envelope.batch === undefined) return first.reception;
  if (received.some(({ reception }) => reception.closes === true)) return { closes: true };
  const charset = received.map(({ reception }) => reception.charset).find((one) => one !== undefined);
  const answer = envelope.batch === undefined ? joined(received) : batchAnswer(envelope.batch, received, registry);
  return { ...(answer !== undefined && { answer }), ...(charset !== undefined && { charset }) };
}

function joined(received: readonly Received[]): Uint8Array | undefined {
  const answers = received.flatMap(({ reception }) => reception.answer ?? []);
  if (answers.length === 0) return undefined;
  return new Uint8Array(Buffer.concat(answers));
}

function batchAnswer(batch: Batch, received: readonly Received[], registry: SourceRegistry): Uint8Array | undefined {
  const wanted = sourceOf(batch, received, registry)?.batchAcknowledgement ?? 'all';
  const isRefused = batch.problems.length > 0 || batch.messages.length > messagesMax;
  // Silence says "stored": what is to be sent again is said even to a sender that wants to hear nothing.
  const isHeard = isRefused || received.some(({ answered }) => answered.outcome.kind === 'unavailable');
  if (wanted === 'none' && !isHeard) return undefined;
  const kept = received.map((one) => (wanted === 'all' || one.answered.outcome.kind !== 'done' ? one : undefined));
  let at = 0;
  const answers = batch.groups.map(({ count }) => {
    const own = kept.slice(at, (at += isRefused ? kept.length : count));
    return own.flatMap((one) => one?.reception.answer ?? []);
  });
  return buildBatchAck(batch, { answers, controlId: newControlId(), at: new Date(), identity });
}

/** That of the first message, else of the batch header. */
function sourceOf(batch: Batch, received: readonly Received[], registry: SourceRegistry): SourceFact | undefined {
  const sent = received.map(({ answered }) => answered.source).find((one) => one !== undefined);
  return sent ?? identified(headOf(batch), registry).source;
}

function hasHeader({ fileHeader, groups }: Batch): boolean {
  return fileHeader !== undefined || groups.some(({ header }) => header !== undefined);
}

function faultOf({ problems, messages }: Batch): ErrorCondition | undefined {
  if (problems[0] !== undefined) return problems[0];
  if (messages.length <= messagesMax) return undefined;
  return { code: 207, text: 'more messages than are read in one block' };
}

/** Who sends the batch, as the MSH that its BHS, or FHS, would be; that of its first message where it has neither. */
function headOf({ groups, fileHeader, messages }: Batch): Uint8Array {
  const header = groups[0]?.header ?? fileHeader;
  return header === undefined ? (messages[0] ?? new Uint8Array(0)) : batchHead(header);
}

/** The MSH that a BHS or FHS would be. */
export function batchHead(header: Uint8Array): Uint8Array {
  const separator = header.subarray(3, 4);
  const empty = new Uint8Array(0);
  const fields = [2, 3, 4, 5, 6, 7].map((n) => batchHeaderField(header, n));
  const all = [Buffer.from('MSH'), ...fields, empty, empty, batchHeaderField(header, 11), Buffer.from('P'), version];
  return Buffer.concat(all.flatMap((field, at) => (at === 0 ? [field] : [separator, field])));
}

/** BHS has none; in this one the reason of a refusal has a place of its own (A7). */
const version = Buffer.from('2.5.1');

function mayHaveSeveral(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    /^[\s\u00ef\u00bb\u00bf]*[FB][HT]S/.test(buffer.toString('latin1', 0, 64)) ||
    laterMessages.some((one) => buffer.includes(one))
  );
}
