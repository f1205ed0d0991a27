import type { Batch } from '../message/split-batch.js';
import { bufferOf } from '../text/text-codec.js';

export interface BatchAckOptions {
  /** Acknowledgements of each group of `batch.groups`, each as `buildAck` makes it. */
  readonly answers: readonly (readonly Uint8Array[])[];
  /** Our BHS-11 and FHS-11. */
  readonly controlId: string;
  /** Our BHS-7 and FHS-7. */
  readonly at: Date;
  /** Our BHS-3 and BHS-4. */
  readonly identity: { readonly application: string; readonly facility: string };
}

/** Answers what has no BHS of its own. */
export const standardBatchHeader = Buffer.from('BHS|^~\\&');
const [sendingApplication, sendingFacility, controlId] = [3, 4, 11];

/**
 * The batch that answers a batch (v2.9 §2.10.3), unframed: a BHS for each of its groups, an FHS where it had one, each in the
 * delimiters and bytes of the header that it answers, whose control id is named in BHS-12 and FHS-12.
 */
export function buildBatchAck(batch: Pick<Batch, 'groups' | 'fileHeader'>, options: BatchAckOptions): Uint8Array {
  const { groups, fileHeader } = batch;
  const parts = groups.flatMap(({ header }, at) => {
    const answers = options.answers[at] ?? [];
    return [
      batchAckHeader('BHS', header ?? standardBatchHeader, options),
      ...answers,
      batchAckTrailer('BTS', header, answers.length),
    ];
  });
  if (fileHeader === undefined) return new Uint8Array(Buffer.concat(parts));
  return new Uint8Array(
    Buffer.concat([
      batchAckHeader('FHS', fileHeader, options),
      ...parts,
      batchAckTrailer('FTS', fileHeader, groups.length),
    ]),
  );
}

/** Field n of a BHS or FHS as it stands in the bytes; the separator itself is field 1. */
export function batchHeaderField(header: Uint8Array, n: number): Uint8Array {
  const separator = header[3];
  if (separator === undefined || n < 2) return new Uint8Array(0);
  const buffer = bufferOf(header);
  let start = 4;
  for (let field = 2; field < n; field++) {
    const end = buffer.indexOf(separator, start);
    if (end < 0) return new Uint8Array(0);
    start = end + 1;
  }
  const end = buffer.indexOf(separator, start);
  return header.subarray(start, end < 0 ? header.length : end);
}

/** BHS or FHS of ours for one that was received, ended by CR. */
export function batchAckHeader(
  name: 'BHS' | 'FHS',
  header: Uint8Array,
  options: Omit<BatchAckOptions, 'answers'>,
): Uint8Array {
  const separator = String.fromCharCode(header[3] ?? 0x7c);
  const own = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  const fields = [
    own(name),
    batchHeaderField(header, 2),
    own(options.identity.application),
    own(options.identity.facility),
    batchHeaderField(header, sendingApplication),
    batchHeaderField(header, sendingFacility),
    own(`${options.at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}+0000`),
    ...['', '', ''].map(own),
    own(options.controlId),
    batchHeaderField(header, controlId),
  ];
  return Buffer.concat(fields.flatMap((field, at) => (at === 0 ? [field] : [own(separator), field])).concat(own('\r')));
}

/** What ends it, with its count, ended by CR. */
export function batchAckTrailer(name: 'BTS' | 'FTS', header: Uint8Array | undefined, count: number): Uint8Array {
  return Buffer.from(`${name}${String.fromCharCode(header?.[3] ?? 0x7c)}${count}\r`, 'latin1');
}
