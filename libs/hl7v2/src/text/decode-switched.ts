import type { Delimiters } from '../message/delimiters.js';
import { decodeIn, type Iso2022State } from './iso-2022-sets.js';
import { switchOf } from './switch-sequence.js';
import { textCodec } from './text-codec.js';
import { unescapeText, type UnescapeOptions } from './unescape-text.js';

interface Options extends UnescapeOptions {
  readonly charset: string;
}

/**
 * A subcomponent in which `\C..\` and `\M..\` switch the set (v2.9 §2.7.2), unescaped. Each subcomponent begins in the set of
 * the message. Bytes of a switched set that look like delimiters are escaped by the sender, so they are unescaped as bytes and
 * decoded after that. Strict: undefined when a byte means nothing in the set that was on.
 */
export function decodeSwitched(bytes: Buffer, delimiters: Delimiters, options: Options): string | undefined {
  const own = ownState(options.charset);
  let state = own;
  let text = '';
  for (const { from, to, next } of runsOf(bytes, delimiters.escape)) {
    const run = bytes.subarray(from, to);
    const read = state === own ? inOwnSet(run, delimiters, options) : inSwitched(run, { delimiters, options, state });
    if (read === undefined) return undefined;
    text += read;
    state = { ...state, ...next };
    if (state.low === own.low && state.high === own.high) state = own;
  }
  return text;
}

/** A set of one byte each keeps its upper half until that is switched too. */
function ownState(charset: string): Iso2022State {
  return { low: 'ascii', high: /^(?:iso-8859|windows)-/.test(charset) ? charset : 'none' };
}

function inOwnSet(bytes: Buffer, delimiters: Delimiters, options: Options): string | undefined {
  const text = textCodec(options.charset).decode(bytes, 0, bytes.length);
  return text === undefined ? undefined : unescapeText(text, delimiters, options);
}

function inSwitched(
  bytes: Buffer,
  { delimiters, options, state }: { delimiters: Delimiters; options: Options; state: Iso2022State },
): string | undefined {
  // One character a byte, so that what is unescaped is bytes again.
  const unescaped = unescapeText(bytes.toString('latin1'), delimiters, { ...options, charset: 'iso-8859-1' });
  return decodeIn(state, Buffer.from(unescaped, 'latin1'));
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly next?: Partial<Iso2022State>;
}

function* runsOf(bytes: Buffer, escape = ''): Generator<Run> {
  let from = 0;
  let at = escape === '' ? -1 : bytes.indexOf(escape, 0, 'latin1');
  while (at >= 0) {
    const close = bytes.indexOf(escape, at + 1, 'latin1');
    if (close < 0) break;
    const next = close - at <= 8 ? switchOf(bytes.toString('latin1', at + 1, close)) : undefined;
    if (next === undefined) {
      at = close;
      continue;
    }
    yield { from, to: at, next };
    from = close + 1;
    at = bytes.indexOf(escape, from, 'latin1');
  }
  yield { from, to: bytes.length };
}
