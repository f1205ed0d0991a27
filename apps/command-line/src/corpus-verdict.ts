import {
  type Message,
  MessageError,
  type MessageHeader,
  parseMessage,
  readHeader,
  type Segment,
} from '@anamnesis/hl7v2';

/** MSA-1, MSA-2 and the condition (HL7 table 0357) of an answer. */
export interface Answer {
  readonly code: string;
  readonly controlId: string;
  readonly condition: string;
  readonly reason: string;
}

/** A message as its listener reads it. */
export interface Reading {
  /** Absent when it does not parse. */
  readonly message?: Message;
  /** Absent without an MSH. */
  readonly header?: MessageHeader;
}

export function readingOf(bytes: Uint8Array): Reading {
  try {
    const message = parseMessage(bytes);
    return { message, header: message.header };
  } catch (problem) {
    if (!(problem instanceof MessageError)) throw problem;
    const header = readHeader(bytes);
    return header === undefined ? {} : { header };
  }
}

export function answerOf(bytes: Uint8Array): Answer {
  const message = parseMessage(bytes);
  const msa = message.first('MSA');
  const err = message.first('ERR');
  const text = (segment: Segment | undefined, ...[field, ...part]: [number, ...number[]]): string =>
    segment?.field(field).text(...part) ?? '';
  return {
    code: text(msa, 1),
    controlId: Buffer.from(msa?.field(2).bytes ?? []).toString('latin1'),
    // Before 2.5 the condition is the fourth component of ERR-1, which has subcomponents.
    condition: firstText(text(err, 3), text(err, 1, 1, 4), text(err, 1, 4)),
    reason: firstText(text(err, 8), text(msa, 3)),
  };
}

function firstText(...texts: readonly string[]): string {
  return texts.find((one) => one !== '') ?? '';
}

/** MSH-15 and MSH-16; empty where there is no MSH. */
function wishesOf({ header }: Reading): { readonly accept: string; readonly application: string } {
  return { accept: header?.acceptAck ?? '', application: header?.applicationAck ?? '' };
}

/** Is exactly one answer due on this socket, whatever comes of the message (hl7v2.md A2)? Else one may come or not. */
export function isAnswerSure(reading: Reading): boolean {
  const { accept, application } = wishesOf(reading);
  return accept === 'AL' || (accept === '' && application === '');
}

/** What is wrong with the answer to a message; undefined when it is as A2, A4 and A7 prescribe. */
export function faultOf(reading: Reading, answer: Answer | undefined): string | undefined {
  const code = answer?.code ?? 'none';
  if (!isPrescribed(reading, code)) return `${code} is not what MSH-15 and MSH-16 ask for`;
  if (answer === undefined) return undefined;
  if (isOfAnother(reading, answer)) return 'MSA-2 is not MSH-10';
  return isPositive(code) || answer.condition !== '' ? undefined : `${code} without a reason`;
}

function isOfAnother({ header }: Reading, { controlId }: Answer): boolean {
  const wanted = header?.wire?.controlId;
  return wanted !== undefined && Buffer.from(wanted).toString('latin1') !== controlId;
}

/** "Later", as our listener says it of trouble of its own: a sender sends the same again. */
export function isTemporary({ condition, reason }: Answer): boolean {
  return condition === '207' && /does not answer|cannot be stored now|internal error/.test(reason);
}

export function isPositive(code: string): boolean {
  return code === 'AA' || code === 'CA';
}

/** By MSH-15, table 0155. */
const permitted: Readonly<Record<string, RegExp>> = {
  AL: /^C[AER]$/,
  SU: /^(CA|none)$/,
  ER: /^(C[ER]|none)$/,
  NE: /^none$/,
  '': /^none$/,
};

function isPrescribed(reading: Reading, code: string): boolean {
  const { accept, application } = wishesOf(reading);
  if (accept === '' && application === '') return /^A[AER]$/.test(code);
  // Outside the table any one answer tells the sender more than silence.
  return permitted[accept] === undefined || permitted[application] === undefined || permitted[accept].test(code);
}
