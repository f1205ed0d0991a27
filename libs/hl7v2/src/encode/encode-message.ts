import type { Message } from '../message/message.js';

const carriageReturn = Buffer.from('\r');

/**
 * The message again from its untouched segments, each ended by CR: for valid HL7 exactly the bytes received. Only what is no
 * part of HL7 is left behind: a BOM, white space before the MSH, blank lines, line feeds between segments.
 */
export function encodeMessage(message: Message): Uint8Array {
  return new Uint8Array(Buffer.concat(message.segments.flatMap((segment) => [segment.bytes, carriageReturn])));
}
