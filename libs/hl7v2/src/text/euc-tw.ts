import iconv from 'iconv-lite';
import { plane1Runs, plane2Runs } from './cns-11643-runs.js';

/**
 * CNS 11643-1992 in its 8-bit form (EUC-TW), which table 0211 means by a set that needs no escape sequence. Planes 1 and 2 are
 * the characters of Big5, whose table serves; a character of a higher plane means nothing here, and its bytes are kept.
 */
interface Tables {
  /** By plane, Big5 code of each place; 0 where there is none. */
  readonly toBig5: readonly Uint16Array[];
  /** The bytes here, by Big5 code. */
  readonly fromBig5: ReadonlyMap<number, readonly number[]>;
}

const places = 94 * 94;
const planeLead = 0x8e;
let made: Tables | undefined;

/** Strict: undefined when a byte means nothing. */
export function decodeEucTw(buffer: Buffer, start: number, end: number): string | undefined {
  const big5 = Buffer.alloc(end - start);
  let length = 0;
  for (let at = start; at < end;) {
    const byte = buffer[at] ?? 0;
    if (byte < 0x80) {
      big5[length++] = byte;
      at += 1;
      continue;
    }
    const size = byte === planeLead ? 4 : 2;
    const code = at + size > end ? 0 : big5At(buffer, at, size);
    if (code === 0) return undefined;
    length = big5.writeUInt16BE(code, length);
    at += size;
  }
  const text = iconv.decode(big5.subarray(0, length), 'big5');
  return text.includes('\uFFFD') ? undefined : text;
}

/** 0 when it is none of Big5. */
function big5At(buffer: Buffer, at: number, size: number): number {
  const plane = size === 2 ? 1 : (buffer[at + 1] ?? 0) - 0xa0;
  const place = placeOf(buffer[at + size - 2], buffer[at + size - 1]);
  return tables().toBig5[plane - 1]?.[place] ?? 0;
}

/** Strict: undefined when planes 1 and 2 lack a character. */
export function encodeEucTw(text: string): Uint8Array | undefined {
  const { fromBig5 } = tables();
  const big5 = iconv.encode(text, 'big5');
  if (iconv.decode(big5, 'big5') !== text) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < big5.length;) {
    const byte = big5[at] ?? 0;
    const own = byte < 0x80 ? [byte] : fromBig5.get(big5.readUInt16BE(at));
    if (own === undefined) return undefined;
    bytes.push(...own);
    at += byte < 0x80 ? 1 : 2;
  }
  return Uint8Array.from(bytes);
}

/** -1 for what is no pair of 0xA1..0xFE. */
function placeOf(row = 0, column = 0): number {
  const isPair = row >= 0xa1 && row <= 0xfe && column >= 0xa1 && column <= 0xfe;
  return isPair ? (row - 0xa1) * 94 + column - 0xa1 : -1;
}

function tables(): Tables {
  made ??= makeTables();
  return made;
}

function makeTables(): Tables {
  const fromBig5 = new Map<number, readonly number[]>();
  const fill = (runs: readonly number[], lead: readonly number[]): Uint16Array => {
    const plane = new Uint16Array(places);
    for (let at = 0; at < runs.length; at += 3) {
      const [place = 0, big5 = 0, count = 0] = runs.slice(at, at + 3);
      for (let n = 0; n < count; n++) {
        const code = big5CodeOf(big5 + n);
        plane[place + n] = code;
        fromBig5.set(code, [...lead, 0xa1 + Math.floor((place + n) / 94), 0xa1 + ((place + n) % 94)]);
      }
    }
    return plane;
  };
  return { toBig5: [fill(plane1Runs, []), fill(plane2Runs, [planeLead, 0xa2])], fromBig5 };
}

function big5CodeOf(place: number): number {
  const column = place % 157;
  return ((0xa1 + Math.floor(place / 157)) << 8) | (column < 63 ? 0x40 + column : 0xa1 + column - 63);
}
