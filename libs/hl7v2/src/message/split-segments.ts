import { MessageError } from './message-error.js';
import type { Range } from './pieces.js';
import { SegmentContext, SegmentView } from './segment-view.js';
import type { Warning } from './warning.js';
import type { Wire } from './wire.js';

export interface SplitSegments {
  readonly segments: readonly SegmentView[];
  readonly byName: ReadonlyMap<string, readonly SegmentView[]>;
}

const names = new Map<number, string>();
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const space = 0x20;

/**
 * Cuts at CR, LF or CRLF (F3) and leaves out blank lines and white space or control characters before a name. A line that does not begin as a segment does (a name, then the field
 * separator or the end) is text with a line break in it: it stays, line break and all, with the segment before it, and is
 * reported. Throws `MessageError` for a second MSH: two messages in one block are never read as one.
 */
export function splitSegments(wire: Wire, range: Range, warnings: Warning[]): SplitSegments {
  const collected = new Collector(wire, warnings);
  const { structure } = wire;
  let start = range.start;
  // Where the present segment would end if what follows is blank or the next segment; -1 while inside a line.
  let breakAt = -1;
  for (let at = range.start; at < range.end; at++) {
    const byte = structure[at];
    if (byte === carriageReturn || byte === lineFeed) {
      if (breakAt < 0) breakAt = at;
    } else if (breakAt >= 0 && (byte === undefined || byte > space)) {
      if (isSegmentStart(wire, at, range.end)) {
        collected.add(start, breakAt);
        start = at;
      } else {
        collected.join();
      }
      breakAt = -1;
    }
  }
  collected.add(start, breakAt < 0 ? range.end : breakAt);
  return { segments: collected.segments, byName: collected.byName };
}

/** Whether a segment can begin here: capital letter, two capitals or digits, then the separator or the line's end. */
export function isSegmentStart(wire: Pick<Wire, 'structure' | 'codes'>, at: number, end: number): boolean {
  const { structure, codes } = wire;
  if (at + 3 > end || !isCapital(structure[at])) return false;
  if (!isNameByte(structure[at + 1]) || !isNameByte(structure[at + 2])) return false;
  const next = structure[at + 3];
  return at + 3 === end || next === codes.field || next === carriageReturn || next === lineFeed;
}

class Collector {
  readonly segments: SegmentView[] = [];
  readonly byName = new Map<string, SegmentView[]>();
  readonly #context: SegmentContext;
  readonly #warnings: Warning[];
  #joined = false;

  constructor(wire: Wire, warnings: Warning[]) {
    this.#context = new SegmentContext(wire);
    this.#warnings = warnings;
  }

  join(): void {
    this.#joined = true;
  }

  add(start: number, end: number): void {
    const name = nameAt(this.#context.wire.structure, start);
    let sameName = this.byName.get(name);
    if (sameName === undefined) this.byName.set(name, (sameName = []));
    const position = sameName.length + 1;
    if (name === 'MSH' && position > 1) {
      const text = 'a second MSH in one block: send one message at a time';
      throw new MessageError({ code: 100, location: { segment: name, position }, text });
    }
    const view = new SegmentView(this.#context, { name, position, index: this.segments.length, start, end });
    this.segments.push(view);
    sameName.push(view);
    if (!this.#joined) return;
    this.#joined = false;
    const text = 'a line that begins no segment was read as part of the segment before it';
    this.#warnings.push({ code: 'line-joined', location: { segment: name, position }, text });
  }
}

function nameAt(bytes: Uint8Array, at: number): string {
  const [a = 0, b = 0, c = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  const key = (a << 16) | (b << 8) | c;
  let name = names.get(key);
  if (name === undefined) names.set(key, (name = String.fromCharCode(a, b, c)));
  return name;
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}

function isNameByte(byte: number | undefined): boolean {
  return isCapital(byte) || (byte !== undefined && byte >= 0x30 && byte <= 0x39);
}
