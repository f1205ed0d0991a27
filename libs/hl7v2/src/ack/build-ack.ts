import { buildSegment, type FieldValue } from '../encode/build-segment.js';
import { standardDelimiters, type Delimiters } from '../message/delimiters.js';
import type { ErrorCondition } from '../message/message-error.js';
import type { Hd, MessageHeader } from '../message/message.js';
import type { Charset } from '../text/charset.js';
import { escapeText } from '../text/escape-text.js';
import { encodeText } from '../text/text-codec.js';
import type { AckCode } from './decide-ack.js';
import { acknowledgementTail, errorSegments } from './error-segments.js';
import { assumedVersion, isVersionSince } from './version.js';

export interface AckOptions {
  readonly code: AckCode;
  /** Undefined when not even the MSH could be read. */
  readonly request: MessageHeader | undefined;
  /** As incoming; taken from `request.wire` when absent. */
  readonly delimiters?: Delimiters;
  /** As incoming; taken from `request.wire` when absent. */
  readonly charset?: Charset;
  readonly errors?: readonly ErrorCondition[];
  /** Our MSH-10. */
  readonly controlId: string;
  /** Our MSH-7. */
  readonly at: Date;
  /** Our MSH-3 and MSH-4. */
  readonly identity: { readonly application: string; readonly facility: string };
  /** MSA-3 before 2.7, else ERR-7 of the first error. Never patient data. */
  readonly text?: string;
  /** Sent as an exchange of its own: MSH-15 asks for an accept answer, MSH-16 for no more (A2). */
  readonly isInitiated?: boolean;
  /** MSA-4, only under the sequence number protocol. */
  readonly expectedSequenceNumber?: number;
}

/**
 * The answer of rule A7, unframed, segments ended by CR. Delimiters, character set, MSH-11 and MSH-12 are the sender's, MSA-2
 * is MSH-10 byte for byte. A character of ours that the sender's set lacks becomes `?`. Never throws.
 */
export function buildAck(options: AckOptions): Uint8Array {
  const { code, request, errors = [], text } = options;
  const wire = wireOf(options);
  const version = textOr(request?.version, assumedVersion);
  const report = { code, version, errors, text };
  const encode = (one: string): Uint8Array => encodeLeniently(one, wire.charset);
  const { delimiters } = wire;
  const tail = buildSegment(delimiters, '', acknowledgementTail(report, options.expectedSequenceNumber));
  return new Uint8Array(
    Buffer.concat([
      encode(`${headerSegment(options, { ...wire, version })}\r`),
      encode(`MSA${delimiters.field}${code}${delimiters.field}`),
      controlIdOf(request, delimiters) ?? encode(escapeText(request?.controlId ?? '', delimiters)),
      encode(`${tail}\r`),
      ...errorSegments(delimiters, report).map((segment) => encode(`${segment}\r`)),
    ]),
  );
}

function wireOf({ request, delimiters, charset }: AckOptions): Omit<Frame, 'version'> {
  const incoming = charset ?? request?.wire?.charset ?? { name: 'ascii', declared: '' };
  return {
    delimiters: delimiters ?? request?.wire?.delimiters ?? standardDelimiters,
    charset: incoming.name,
    declared: incoming.declared,
  };
}

interface Frame {
  readonly delimiters: Delimiters;
  readonly version: string;
  /** Canonical name. */
  readonly charset: string;
  readonly declared: string;
}

function headerSegment(options: AckOptions, { delimiters, version, declared }: Frame): string {
  const { request, identity } = options;
  const head = buildSegment(delimiters, 'MSH', [
    identity.application,
    identity.facility,
    request === undefined ? '' : hdValue(request.sendingApplication),
    request === undefined ? '' : hdValue(request.sendingFacility),
    timestamp(options.at),
    '',
    messageType(request, version),
    options.controlId,
    textOr(request?.processingId, 'P'),
    version,
  ]);
  // MSH-18 goes back as it came, its repetition separators included, unless it is no name at all.
  const hasSet = /^[ -~]+$/.test(declared);
  if (options.isInitiated !== true) return hasSet ? head + delimiters.field.repeat(6) + declared : head;
  const wishes = `${delimiters.field.repeat(3)}AL${delimiters.field}NE`;
  return head + wishes + (hasSet ? delimiters.field.repeat(2) + declared : '');
}

function hdValue(hd: Hd): FieldValue {
  return [hd.namespaceId, hd.universalId, hd.universalIdType];
}

function messageType(request: MessageHeader | undefined, version: string): FieldValue {
  if (!isVersionSince(version, [2, 3, 0])) return 'ACK';
  const trigger = request?.triggerEvent ?? '';
  return isVersionSince(version, [2, 3, 1]) ? ['ACK', trigger, 'ACK'] : ['ACK', trigger];
}

function timestamp(at: Date): string {
  return `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}+0000`;
}

const breaking = [0x0a, 0x0b, 0x0d, 0x1c];

/** MSH-10 as received, where it stands between the same delimiters and cannot end the segment or the block. */
function controlIdOf(request: MessageHeader | undefined, delimiters: Delimiters): Uint8Array | undefined {
  const wire = request?.wire;
  if (wire === undefined || breaking.some((byte) => wire.controlId.includes(byte))) return undefined;
  return sameDelimiters(wire.delimiters, delimiters) ? wire.controlId : undefined;
}

function sameDelimiters(a: Delimiters, b: Delimiters): boolean {
  return a.field === b.field && a.component === b.component && a.escape === b.escape && a.repetition === b.repetition;
}

function encodeLeniently(text: string, charset: string): Uint8Array {
  const whole = encodeText(text, charset);
  if (whole !== undefined) return whole;
  const known = Array.from(text, (character) => (encodeText(character, charset) === undefined ? '?' : character));
  return encodeText(known.join(''), charset) ?? Buffer.from(text.replace(/[^ -~\r]/g, '?'), 'latin1');
}

function textOr(text: string | undefined, otherwise: string): string {
  return text === undefined || text === '' ? otherwise : text;
}
