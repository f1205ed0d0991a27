import { createReadStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchCounter, type BatchMark, type ErrorCondition, MessageSplitter, type StreamPiece } from '@anamnesis/hl7v2';
import { batchHead } from '../intake/envelope.js';
import { type Block, heldBytesOf, type Receive, type Reception } from '../mllp/block.js';
import type { WorkGate } from '../mllp/work-gate.js';
import { FileAnswers } from './file-answers.js';
import { type FilePlace, keepRefused, keepWhole, type Settled } from './keep-refused.js';
import { persist, type PersistOptions } from './persist.js';

export interface FileResult {
  readonly taken: number;
  readonly refused: number;
  /** False: the file was refused as a whole, before any message of it. */
  readonly isWhole: boolean;
}

export interface ReceiveFileOptions extends PersistOptions {
  readonly receive: Receive;
  readonly gate: WorkGate;
}

/** Of messages that are published together. */
const [stepMessages, stepBytes] = [64, 1024 * 1024];
/** Batches may be many and empty. */
const stepPieces = 1000;
const peer = { address: '', protocol: 'hl7v2-file' } as const;

interface Fault {
  readonly condition: ErrorCondition;
  /** The first of each kind before it. */
  readonly headers: ReadonlyMap<'FHS' | 'BHS', Uint8Array>;
}

/**
 * Takes in `working/<name>`: checks the counts of the whole file, then sends message after message through the receive
 * path, in order, and waits where one cannot be stored now. Holds one step of it at a time, whatever its size. Undefined
 * when it was stopped in between.
 */
export async function receiveFile(place: FilePlace, options: ReceiveFileOptions): Promise<FileResult | undefined> {
  const path = join(place.folder, 'working', place.name);
  const answers = new FileAnswers(place);
  try {
    const fault = await faultOf(path, options);
    const result = fault === undefined ? await receiveMessages(path, answers, { place, options }) : refusedWhole;
    if (result === undefined) return undefined;
    if (fault !== undefined) await answerWhole(fault, answers, options);
    answers.end();
    await persist(() => answers.flush(), options);
    await persist(() => answers.publish(), options);
    const end = fault && (() => keepWhole(place, fault.condition));
    await persist(end ?? (() => rename(path, join(place.folder, 'done', place.name))), options);
    return options.signal.aborted ? undefined : result;
  } finally {
    await answers.close();
  }
}

const refusedWhole: FileResult = { taken: 0, refused: 0, isWhole: false };

/** As over MLLP: on record, and answered in the name of its header. */
async function answerWhole(
  { condition, headers }: Fault,
  answers: FileAnswers,
  { receive }: ReceiveFileOptions,
): Promise<void> {
  for (const [mark, line] of headers) answers.mark(mark, line);
  const header = headers.get('BHS') ?? headers.get('FHS');
  if (header === undefined) return;
  const [reception] = await receive([{ kind: 'refused-batch', bytes: batchHead(header), condition }], peer);
  answers.answer({ ...reception, wanted: 'all' });
}

async function* piecesOf(path: string, signal: AbortSignal, bytesMax: number): AsyncGenerator<StreamPiece> {
  const splitter = new MessageSplitter(bytesMax);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (signal.aborted) return;
    yield* splitter.push(chunk);
  }
  yield* splitter.end();
}

/** Counts are checked before anything is processed, and a file without a message says nothing that could be answered. */
async function faultOf(path: string, options: ReceiveFileOptions): Promise<Fault | undefined> {
  const counter = new BatchCounter();
  const headers = new Map<'FHS' | 'BHS', Uint8Array>();
  let isEmpty = true;
  // Marks alone are looked at: nothing of a message is held.
  for await (const piece of piecesOf(path, options.signal, 0)) {
    if (piece.kind === 'skipped') continue;
    isEmpty = false;
    const mark = piece.kind === 'mark' ? piece : message;
    const condition = counter.take(mark.mark, mark.line);
    if (condition !== undefined) return { condition, headers };
    keepFirst(headers, mark);
  }
  if (!isEmpty || options.signal.aborted) return undefined;
  return { condition: { code: 100, text: 'no line of it begins with MSH' }, headers };
}

/** A message, where marks alone count. */
const message = { mark: 'MSH', line: new Uint8Array(0) } as const;

function keepFirst(
  headers: Map<'FHS' | 'BHS', Uint8Array>,
  { mark, line }: { mark: BatchMark; line: Uint8Array },
): void {
  if ((mark === 'FHS' || mark === 'BHS') && !headers.has(mark)) headers.set(mark, line);
}

type Piece = Block | Extract<StreamPiece, { kind: 'mark' }>;

async function receiveMessages(
  path: string,
  answers: FileAnswers,
  { place, options }: { readonly place: FilePlace; readonly options: ReceiveFileOptions },
): Promise<FileResult | undefined> {
  const result = { taken: 0, refused: 0, isWhole: true };
  const step = new Step();
  const note = async (settled: Settled): Promise<void> => {
    answers.answer(settled.reception);
    if (settled.reception.refusal === undefined) result.taken++;
    else {
      const number = result.taken + ++result.refused;
      await persist(() => keepRefused(place, { ...settled, number }), options);
    }
  };
  const settle = async (): Promise<void> => {
    const settled = (await receiveStep(step.blocks, options)).values();
    for (const piece of step.takeAll()) {
      if (piece.kind === 'mark') answers.mark(piece.mark, piece.line);
      else {
        const next = settled.next();
        if (next.done !== true) await note(next.value);
      }
    }
    await persist(() => answers.flush(), options);
  };
  const { signal, settings } = options;
  for await (const piece of piecesOf(path, signal, settings.MLLP_BLOCK_BYTES_MAX)) {
    if (piece.kind === 'skipped') continue;
    step.add(piece);
    if (step.isFull) await settle();
  }
  if (!signal.aborted) await settle();
  return signal.aborted ? undefined : result;
}

/** What is taken from a file at a time. */
class Step {
  #pieces: Piece[] = [];
  #bytes = 0;
  #blocks = 0;

  get blocks(): readonly Block[] {
    return this.#pieces.flatMap((piece) => (piece.kind === 'mark' ? [] : [piece]));
  }

  get isFull(): boolean {
    return this.#blocks >= stepMessages || this.#bytes >= stepBytes || this.#pieces.length >= stepPieces;
  }

  add(piece: Piece): void {
    this.#pieces.push(piece);
    if (piece.kind === 'mark') return;
    this.#blocks++;
    this.#bytes += heldBytesOf(piece);
  }

  takeAll(): readonly Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    [this.#bytes, this.#blocks] = [0, 0];
    return pieces;
  }
}

/** Again from the first that could not be stored, so that the order stays, until all are or we are to stop. */
async function receiveStep(blocks: readonly Block[], options: ReceiveFileOptions): Promise<readonly Settled[]> {
  const { receive, gate, settings, signal } = options;
  const settled: Settled[] = [];
  while (settled.length < blocks.length && !signal.aborted) {
    const rest = blocks.slice(settled.length);
    const bytes = rest.reduce((sum, block) => sum + heldBytesOf(block), 0);
    const receptions = await gate.run(bytes, () => receive(rest, peer));
    const stop = receptions.findIndex(isTemporary);
    const done = stop < 0 ? rest : rest.slice(0, stop);
    settled.push(...done.map((block, at) => ({ block, reception: receptions[at] ?? {} })));
    if (stop >= 0) await sleep(settings.FOLDER_RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return settled;
}

function isTemporary({ refusal, closes }: Reception): boolean {
  return closes === true || refusal?.kind === 'unavailable';
}
