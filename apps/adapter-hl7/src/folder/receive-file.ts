import { createReadStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchCounter, type ErrorCondition, MessageSplitter, readHeader, type StreamPiece } from '@anamnesis/hl7v2';
import type { AdapterHl7Settings } from '../config.js';
import { locationText } from '../intake/outcome.js';
import { type Block, heldBytesOf, type Receive, type Reception } from '../mllp/block.js';
import type { WorkGate } from '../mllp/work-gate.js';

export interface FileResult {
  readonly taken: number;
  readonly refused: number;
  /** False: the file was refused as a whole, before any message of it. */
  readonly isWhole: boolean;
}

interface FilePlace {
  readonly folder: string;
  readonly name: string;
}

export interface ReceiveFileOptions {
  readonly settings: AdapterHl7Settings;
  readonly receive: Receive;
  readonly gate: WorkGate;
  /** To stop between two steps. */
  readonly signal: AbortSignal;
  /** Told of a folder that cannot be written; it is tried again. */
  readonly onFault: (fault: unknown) => void;
}

/** Of messages that are published together. */
const [stepMessages, stepBytes] = [64, 1024 * 1024];
const peer = { address: '', protocol: 'hl7v2-file' } as const;

/**
 * Takes in `working/<name>`: checks the counts of the whole file, then sends message after message through the receive
 * path, in order, and waits where one cannot be stored now. Holds one step of it at a time, whatever its size. Undefined
 * when it was stopped in between.
 */
export async function receiveFile(place: FilePlace, options: ReceiveFileOptions): Promise<FileResult | undefined> {
  const path = join(place.folder, 'working', place.name);
  const problem = await faultOf(path, options);
  if (problem !== undefined) {
    const reason = `${place.name} was refused as a whole: ${textOf(problem)}\n`;
    await persist(() => writeReason(place, 'reason.txt', reason), options);
    await persist(() => rename(path, join(place.folder, 'failed', place.name)), options);
    return { taken: 0, refused: 0, isWhole: false };
  }
  const result = await receiveMessages(path, { place, options });
  if (result !== undefined) await persist(() => rename(path, join(place.folder, 'done', place.name)), options);
  return result;
}

/** Again and again until it is done or we are to stop: what was answered is not to be answered, and counted, again. */
async function persist(write: () => Promise<void>, { settings, signal, onFault }: ReceiveFileOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      await write();
      return;
    } catch (fault) {
      onFault(fault);
      await sleep(settings.FOLDER_RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
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
async function faultOf(path: string, options: ReceiveFileOptions): Promise<ErrorCondition | undefined> {
  const counter = new BatchCounter();
  let isEmpty = true;
  // Marks alone are looked at: nothing of a message is held.
  for await (const piece of piecesOf(path, options.signal, 0)) {
    if (piece.kind === 'skipped') continue;
    isEmpty = false;
    const isMark = piece.kind === 'mark';
    const problem = counter.take(isMark ? piece.mark : 'MSH', isMark ? piece.line : new Uint8Array(0));
    if (problem !== undefined) return problem;
  }
  if (!isEmpty || options.signal.aborted) return undefined;
  return { code: 100, text: 'no line of it begins with MSH' };
}

async function receiveMessages(
  path: string,
  { place, options }: { readonly place: FilePlace; readonly options: ReceiveFileOptions },
): Promise<FileResult | undefined> {
  const result = { taken: 0, refused: 0, isWhole: true };
  let step: Block[] = [];
  let bytes = 0;
  const settle = async (): Promise<void> => {
    for (const { block, reception } of await receiveStep(step, options)) {
      if (reception.refusal === undefined) result.taken++;
      else {
        result.refused++;
        const refused = { block, reception, number: result.taken + result.refused };
        await persist(() => keepRefused(place, refused), options);
      }
    }
    [step, bytes] = [[], 0];
  };
  const { signal, settings } = options;
  for await (const piece of piecesOf(path, signal, settings.MLLP_BLOCK_BYTES_MAX)) {
    if (piece.kind !== 'message' && piece.kind !== 'too-large') continue;
    step.push(piece);
    bytes += heldBytesOf(piece);
    if (step.length >= stepMessages || bytes >= stepBytes) await settle();
  }
  if (!options.signal.aborted) await settle();
  return options.signal.aborted ? undefined : result;
}

interface Settled {
  readonly block: Block;
  readonly reception: Reception;
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

/** The message as it came, to be mended and put into the folder again, and beside it why. */
async function keepRefused(
  place: FilePlace,
  { block, reception, number }: Settled & { readonly number: number },
): Promise<void> {
  const bytes = block.kind === 'too-large' ? block.head : block.bytes;
  const name = `${String(number).padStart(6, '0')}.hl7`;
  const header = readHeader(bytes);
  const who = header === undefined ? 'no MSH' : `MSH-10 ${JSON.stringify(header.controlId)}`;
  const condition = reception.refusal?.condition;
  const cut = block.kind === 'too-large' ? ' Its beginning alone is kept here.' : '';
  const reason = condition === undefined ? 'unknown' : textOf(condition);
  await writeReason(place, name, bytes);
  await writeReason(
    place,
    `${name}.reason.txt`,
    `Message ${number} of ${place.name} (${who}) was refused: ${reason}.${cut}\n`,
  );
}

/** Into `failed`, under the name of the file. */
async function writeReason({ folder, name }: FilePlace, ending: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(folder, 'failed'), { recursive: true });
  const path = join(folder, 'failed', `${name}.${ending}`);
  await writeFile(`${path}.tmp`, content);
  await rename(`${path}.tmp`, path);
}

/** `AE 101`-like: HL7 table 0357, where, and what; never a value. */
function textOf(condition: ErrorCondition): string {
  const where = locationText(condition);
  return `${condition.code}${where === '' ? '' : ` at ${where}`}, ${condition.text}`;
}
