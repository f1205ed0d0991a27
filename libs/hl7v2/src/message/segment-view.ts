import { FieldView } from './field-view.js';
import type { Field, Segment } from './message.js';
import type { Range } from './pieces.js';
import { Wire } from './wire.js';

/** A segment this long keeps its own field positions: finding them again costs more than keeping them. */
const ownPlacesBytes = 4096;
const nothing: Wire = new Wire(
  Buffer.alloc(0),
  { field: '', component: '', repetition: '', escape: undefined, subcomponent: undefined, truncation: undefined },
  { declared: '', name: 'ascii', origin: 'ascii', warnings: [] },
);
const emptyField = new FieldView(nothing, { start: 0, end: 0 });

/** Where the fields of one segment begin; the place after the last is one past the separator that never came. */
class Places {
  owner: SegmentView | undefined;
  starts = new Int32Array(64);
  count = 0;

  find(owner: SegmentView, wire: Wire, range: Range): void {
    this.owner = owner;
    const code = wire.codes.field;
    const { structure } = wire;
    const { start, end } = range;
    let count = 0;
    // MSH-1 is the separator itself, so that MSH-2 is the first piece after it.
    if (definesDelimiters(owner.name)) this.#put(++count, start + 3);
    for (let at = start + 3; at < end; at++) if (structure[at] === code) this.#put(++count, at + 1);
    this.#put(count + 1, end + 1);
    this.count = count;
  }

  #put(place: number, at: number): void {
    if (place >= this.starts.length) {
      const grown = new Int32Array(this.starts.length * 2);
      grown.set(this.starts);
      this.starts = grown;
    }
    this.starts[place] = at;
  }
}

/** What the segments of one message share. Small segments take turns with one set of field positions. */
export class SegmentContext {
  readonly places = new Places();

  constructor(readonly wire: Wire) {}
}

export interface SegmentPlace {
  readonly name: string;
  readonly position: number;
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

export class SegmentView implements Segment {
  readonly name: string;
  readonly position: number;
  readonly index: number;
  readonly #start: number;
  readonly #end: number;
  readonly #context: SegmentContext;
  #own: Places | undefined;

  constructor(context: SegmentContext, place: SegmentPlace) {
    this.#context = context;
    this.name = place.name;
    this.position = place.position;
    this.index = place.index;
    this.#start = place.start;
    this.#end = place.end;
  }

  get fieldCount(): number {
    return this.#places().count;
  }

  get bytes(): Uint8Array {
    return this.#context.wire.bytes(this.range);
  }

  get range(): Range {
    return { start: this.#start, end: this.#end };
  }

  field(n: number): Field {
    const range = this.fieldRange(n);
    if (range === undefined) return emptyField;
    return n <= 2 && definesDelimiters(this.name) ? this.#literal(range) : new FieldView(this.#context.wire, range);
  }

  /** Undefined for a field that is not there. */
  fieldRange(n: number): Range | undefined {
    const places = this.#places();
    if (!(n >= 1 && n <= places.count)) return undefined;
    const start = places.starts[n] ?? this.#end;
    if (n === 1 && definesDelimiters(this.name)) return { start, end: start + 1 };
    return { start, end: (places.starts[n + 1] ?? this.#end + 1) - 1 };
  }

  #literal(range: Range): Field {
    const { buffer, charset } = this.#context.wire;
    const bytes = buffer.subarray(range.start, range.end);
    return new FieldView(new Wire(bytes, nothing.delimiters, charset), { start: 0, end: bytes.length });
  }

  #places(): Places {
    if (this.#own !== undefined) return this.#own;
    const { places, wire } = this.#context;
    if (places.owner === this) return places;
    if (this.#end - this.#start >= ownPlacesBytes) this.#own = new Places();
    const target = this.#own ?? places;
    target.find(this, wire, this.range);
    return target;
  }
}

function definesDelimiters(name: string): boolean {
  return name === 'MSH' || name === 'BHS' || name === 'FHS';
}
