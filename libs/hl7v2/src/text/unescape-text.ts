import type { Delimiters } from '../message/delimiters.js';
import { formattingText } from './formatting-text.js';
import { decodeText } from './text-codec.js';

/** Why a sequence stayed as it was. */
export type EscapeProblem = 'escape-unknown' | 'escape-unterminated' | 'escape-undecodable' | 'escape-charset-switch';

export interface UnescapeOptions {
  /** Read as FT: `\.br\` is a newline, highlighting is dropped. */
  readonly isFormatted?: boolean;
  /** Canonical name of the charset that `\X..\` bytes are in; UTF-8 when absent. */
  readonly charset?: string;
  readonly onProblem?: (problem: EscapeProblem) => void;
}

type Reading = { readonly text: string } | { readonly problem: EscapeProblem } | 'literal';

const plausible = /^(?:[A-Z][0-9A-Z]{0,9}|Z.*|\..*)$/s;
const hexadecimal = /^X(?:[0-9A-Fa-f]{2})+$/;

/**
 * Undoes `escapeText` (C2). What is unknown or unterminated stays as it is and is reported; `\Z..\` stays, and outside of
 * formatted text so do `\H\`, `\N\` and the `\.xx\` commands, since only FT gives them a meaning.
 */
export function unescapeText(text: string, delimiters: Delimiters, options: UnescapeOptions = {}): string {
  const { escape } = delimiters;
  const unescaped = escape === undefined ? text : replaceSequences(text, { delimiters, escape, options });
  return options.isFormatted === true && unescaped.includes('\r') ? unescaped.replace(/\r\n?/g, '\n') : unescaped;
}

interface Context {
  readonly delimiters: Delimiters;
  readonly escape: string;
  readonly options: UnescapeOptions;
}

function replaceSequences(text: string, context: Context): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf(context.escape); at >= 0; at = text.indexOf(context.escape, done)) {
    const part = readAt(text, at, context);
    result += text.slice(done, at) + part.text;
    done = part.end;
  }
  return done === 0 ? text : result + text.slice(done);
}

/** What stands for the sequence that begins at `at`, and where reading goes on. */
function readAt(text: string, at: number, context: Context): { readonly text: string; readonly end: number } {
  const close = text.indexOf(context.escape, at + 1);
  if (close < 0) {
    context.options.onProblem?.('escape-unterminated');
    return { text: text.slice(at), end: text.length };
  }
  const { body, end } = readSequence(text, { at, close, escape: context.escape });
  const reading = readBody(body, context);
  if (reading !== 'literal' && 'text' in reading) return { text: reading.text, end };
  if (reading !== 'literal') context.options.onProblem?.(reading.problem);
  // A lone escape character in a text is no start of a sequence: what closes it may open a real one.
  const next = plausible.test(body) ? end : close;
  return { text: text.slice(at, next), end: next };
}

/** Neighbouring `\X..\` belong together: a character of several bytes may be spread over them. */
function readSequence(
  text: string,
  start: { readonly at: number; readonly close: number; readonly escape: string },
): { readonly body: string; readonly end: number } {
  const first = text.slice(start.at + 1, start.close);
  let end = start.close + 1;
  if (!hexadecimal.test(first)) return { body: first, end };
  const digits = [first];
  while (text.startsWith(`${start.escape}X`, end)) {
    const close = text.indexOf(start.escape, end + 1);
    const next = close < 0 ? '' : text.slice(end + 1, close);
    if (!hexadecimal.test(next)) break;
    digits.push(next.slice(1));
    end = close + 1;
  }
  return { body: digits.join(''), end };
}

function readBody(body: string, { delimiters, options }: Context): Reading {
  const delimiter = delimiterOf(body, delimiters);
  if (delimiter !== undefined) return { text: delimiter };
  if (hexadecimal.test(body)) return readBytes(body, options.charset ?? 'utf-8');
  if (/^[CM](?:[0-9A-F]{2})+$/.test(body)) return { problem: 'escape-charset-switch' };
  if (body.startsWith('Z')) return 'literal';
  const formatting = body === 'H' || body === 'N' ? '' : formattingText(body);
  if (formatting === undefined) return { problem: 'escape-unknown' };
  return options.isFormatted === true ? { text: formatting } : 'literal';
}

function delimiterOf(body: string, delimiters: Delimiters): string | undefined {
  switch (body) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'T':
      return delimiters.subcomponent;
    case 'R':
      return delimiters.repetition === '' ? undefined : delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'P':
      return delimiters.truncation;
    default:
      return undefined;
  }
}

function readBytes(body: string, charset: string): Reading {
  const bytes = Buffer.from(body.slice(1), 'hex');
  // Nothing declared and only ASCII on the wire: strict UTF-8 is the first guess here too (C4).
  const text = decodeText(bytes, charset === 'ascii' ? 'utf-8' : charset);
  return text === undefined ? { problem: 'escape-undecodable' } : { text };
}
