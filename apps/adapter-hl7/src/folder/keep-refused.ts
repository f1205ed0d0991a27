import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorCondition, readHeader } from '@anamnesis/hl7v2';
import { locationText } from '../intake/outcome.js';
import type { Block, Reception } from '../mllp/block.js';

export interface FilePlace {
  readonly folder: string;
  readonly name: string;
}

export interface Settled {
  readonly block: Block;
  readonly reception: Reception;
}

/** The message as it came, to be mended and put into the folder again, and beside it why. */
export async function keepRefused(
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

/** The file as a whole goes to `failed`, with why. */
export async function keepWhole(place: FilePlace, problem: ErrorCondition): Promise<void> {
  await writeReason(place, 'reason.txt', `${place.name} was refused as a whole: ${textOf(problem)}\n`);
  await rename(join(place.folder, 'working', place.name), join(place.folder, 'failed', place.name));
}

/** Bytes of a file's name that leave room for an ending: no file system takes more than 255. */
const stemBytesMax = 200;

/** The name of a file, as far as an ending has room behind it; of a longer one so much that it is still told from others. */
export function stemOf(name: string): string {
  if (Buffer.byteLength(name) <= stemBytesMax) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, stemBytesMax / 4 - digest.length).toWellFormed()}~${digest}`;
}

/** Into `failed`, under the name of the file. */
async function writeReason({ folder, name }: FilePlace, ending: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(folder, 'failed'), { recursive: true });
  const path = join(folder, 'failed', `${stemOf(name)}.${ending}`);
  await writeFile(`${path}.tmp`, content);
  await rename(`${path}.tmp`, path);
}

/** `AE 101`-like: HL7 table 0357, where, and what; never a value. */
function textOf(condition: ErrorCondition): string {
  const where = locationText(condition);
  return `${condition.code}${where === '' ? '' : ` at ${where}`}, ${condition.text}`;
}
