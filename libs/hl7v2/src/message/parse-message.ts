import { resolveCharset, type CharsetPolicy } from '../text/resolve-charset.js';
import { bufferOf } from '../text/text-codec.js';
import type { Delimiters } from './delimiters.js';
import { contentStart, declaredCharset, declaredSwitching, isMsh } from './find-msh.js';
import { MessageError } from './message-error.js';
import { headerOf, withEvent } from './message-header.js';
import { MessageView } from './message-view.js';
import type { Detached, Message } from './message.js';
import { readDelimiters } from './read-delimiters.js';
import type { SegmentView } from './segment-view.js';
import { splitSegments } from './split-segments.js';
import type { Warning } from './warning.js';
import { Wire } from './wire.js';

export interface ParseOptions {
  /** The source's configured set, a name as in MSH-18 or an IANA name. */
  readonly charsetDefault?: string;
  /** `force`: `charsetDefault` whatever MSH-18 says. `declared` (the default) and `default` follow C4. */
  readonly charsetPolicy?: 'declared' | 'force' | 'default';
  /** The bytes are only the head of a message: the last line may be cut and is left out unless it is the MSH. */
  readonly truncatedHead?: boolean;
  /** Values that were taken out of the bytes. */
  readonly detached?: readonly Detached[];
}

/** Repetitions become objects when they are read; more of them in a message than this would hold up everybody else. */
export const repetitionsMax = 50_000;
/** Each is looked at on its own; no text needs as many. */
export const escapeCharactersMax = 1_000_000;
const uncheckedBytes = 64 * 1024;

/**
 * Reads one message. Only what makes the whole unreadable throws `MessageError`: no MSH at the start, no usable delimiters,
 * undecodable bytes in the MSH, a second MSH. Everything else is tolerated and found among `warnings`. Whether required
 * fields are there, and whether type and version are accepted, is the caller's to judge. Throws `RangeError` when
 * `charsetDefault` names no set.
 */
export function parseMessage(bytes: Uint8Array, options: ParseOptions = {}): Message {
  const whole = bufferOf(bytes);
  const warnings: Warning[] = [];
  const at = startOf(whole, warnings);
  const buffer = options.truncatedHead === true ? withoutCutLine(whole, at) : whole;
  const delimiters = readDelimiters(buffer, at, warnings);
  refuseFlood(buffer, delimiters);
  const charset = resolveCharset(buffer, policyOf(buffer, at, { delimiters, options }));
  for (const code of charset.warnings) warnings.push({ code, text: `character set: ${code}` });
  const wire = new Wire(buffer, delimiters, charset);
  const { detached = [] } = options;
  wire.takeDetached(detached);
  const split = splitSegments(wire, { start: at, end: buffer.length }, warnings);
  const msh = split.segments[0];
  if (msh === undefined) throw notMsh();
  refuseUndecodable(wire, msh);
  const evn = split.byName.get('EVN')?.[0];
  const header = withEvent(headerOf(msh, { delimiters, charset }, warnings), evn, warnings);
  return new MessageView({ bytes, detached, wire, header, split, warnings });
}

function startOf(buffer: Buffer, warnings: Warning[]): number {
  const start = contentStart(buffer);
  if (start.hadMark) warnings.push({ code: 'byte-order-mark', text: 'a byte order mark before the MSH' });
  if (start.hadSpace) warnings.push({ code: 'leading-space', text: 'white space before the MSH' });
  if (!isMsh(buffer, start.at)) throw notMsh();
  return start.at;
}

function notMsh(): MessageError {
  return new MessageError({
    code: 100,
    location: { segment: 'MSH', position: 1 },
    text: 'the message does not begin with an MSH segment',
  });
}

function withoutCutLine(buffer: Buffer, at: number): Buffer {
  const last = Math.max(buffer.lastIndexOf(0x0d), buffer.lastIndexOf(0x0a));
  return last > at ? buffer.subarray(0, last + 1) : buffer;
}

function policyOf(
  buffer: Buffer,
  at: number,
  { delimiters, options }: { readonly delimiters: Delimiters; readonly options: ParseOptions },
): CharsetPolicy {
  return {
    declared: declaredCharset(buffer, at, delimiters.field),
    separator: delimiters.repetition,
    escape: delimiters.escape,
    switching: declaredSwitching(buffer, at, delimiters.field),
    charsetDefault: options.charsetDefault,
    charsetPolicy: options.charsetPolicy,
  };
}

function refuseFlood(buffer: Buffer, { repetition, escape = '' }: Delimiters): void {
  if (buffer.length < uncheckedBytes) return;
  if (isFlood(buffer, repetition, repetitionsMax))
    throw new MessageError({ code: 207, text: 'more field repetitions than are read' });
  if (isFlood(buffer, escape, escapeCharactersMax))
    throw new MessageError({ code: 207, text: 'more escape sequences than are read' });
}

function isFlood(buffer: Buffer, delimiter: string, max: number): boolean {
  if (delimiter === '') return false;
  const code = delimiter.charCodeAt(0);
  let count = 0;
  for (let at = buffer.indexOf(code); at >= 0; at = buffer.indexOf(code, at + 1)) if (++count > max) return true;
  return false;
}

function refuseUndecodable(wire: Wire, msh: SegmentView): void {
  if (wire.isDecodable(msh.range)) return;
  for (let field = 3; field <= msh.fieldCount; field++) {
    const range = msh.fieldRange(field);
    if (range === undefined || wire.isDecodable(range)) continue;
    const text = 'bytes that mean nothing in the character set of the message';
    throw new MessageError({ code: 102, location: { segment: 'MSH', position: 1, field }, text });
  }
}
