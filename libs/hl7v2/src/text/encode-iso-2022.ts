import iconv from 'iconv-lite';
import { switches, type LowSet } from './iso-2022-sets.js';

const escape = 0x1b;

/** Strict: undefined when no set has a character. Ends in ASCII. `high` as in `decodeIso2022`. */
export function encodeIso2022(text: string, high: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let active: LowSet = 'ascii';
  for (const character of text) {
    const found = encodeCharacter(character, high);
    if (found === undefined) return undefined;
    if (found.set !== undefined && found.set !== active) {
      bytes.push(...sequenceOf(found.set));
      active = found.set;
    }
    bytes.push(...found.bytes);
  }
  if (active !== 'ascii') bytes.push(...sequenceOf('ascii'));
  return Uint8Array.from(bytes);
}

interface Encoded {
  /** None for bytes from 0x80, which need no switch. */
  readonly set?: LowSet;
  readonly bytes: readonly number[];
}

function encodeCharacter(character: string, high: string): Encoded | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return { set: 'ascii', bytes: [code] };
  const own = high === 'kana' ? undefined : strictly(character, high);
  if (own !== undefined) return { bytes: [...own] };
  if (code === 0xa5) return { set: 'roman', bytes: [0x5c] };
  if (code === 0x203e) return { set: 'roman', bytes: [0x7e] };
  const wide = strictly(character, 'euc-jp');
  if (wide === undefined) return undefined;
  const low = [...wide].map((byte) => byte & 0x7f);
  if (wide[0] === 0x8e) return { set: 'kana', bytes: low.slice(1) };
  return wide[0] === 0x8f ? { set: 'jis212', bytes: low.slice(1) } : { set: 'jis208', bytes: low };
}

function strictly(character: string, set: string): Uint8Array | undefined {
  const bytes = iconv.encode(character, set);
  return iconv.decode(bytes, set) === character ? bytes : undefined;
}

function sequenceOf(set: LowSet): readonly number[] {
  for (const [sequence, { low }] of switches) if (low === set) return [escape, ...Buffer.from(sequence, 'latin1')];
  throw new RangeError('no sequence switches to this set');
}
