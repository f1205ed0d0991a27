import type { Message, Segment } from '../message/message.js';

const carriageReturn = Buffer.from('\r');

/**
 * The message again from its raw fields, every segment ended by CR: for valid HL7 exactly the bytes received. Only what is
 * no part of HL7 is left behind: a BOM, white space before the MSH, blank lines, line feeds between segments.
 */
export function encodeMessage(message: Message): Uint8Array {
  const separator = Buffer.from(message.delimiters.field, 'latin1');
  const parts = message.segments.flatMap((segment) => [...segmentParts(segment, separator), carriageReturn]);
  return new Uint8Array(Buffer.concat(parts));
}

function segmentParts(segment: Segment, separator: Buffer): Uint8Array[] {
  const parts: Uint8Array[] = [Buffer.from(segment.name, 'latin1')];
  const definesDelimiters = segment.name === 'MSH' || segment.name === 'BHS' || segment.name === 'FHS';
  for (let n = 1; n <= segment.fieldCount; n++) {
    // MSH-1 is itself the separator before MSH-2.
    if (!(definesDelimiters && n <= 2)) parts.push(separator);
    parts.push(segment.field(n).bytes);
  }
  return parts;
}
