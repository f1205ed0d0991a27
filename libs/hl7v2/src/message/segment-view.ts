import { FieldView } from './field-view.js';
import type { Field, Segment } from './message.js';
import type { Range } from './pieces.js';
import { Wire } from './wire.js';

/** The fields of a message this small are found once, all of them. */
const indexedBytesMax = 64 * 1024;
/** In a larger message a segment this long keeps its own field positions; the others take turns with one set of them. */
const ownPlacesBytes = 4096;
const nothing: Wire = new Wire(
  Buffer.alloc(0),
  { field: '', component: '', repetition: '', escape: undefined, subcomponent: undefined, truncation: undefined },
  { declared: '', name: 'ascii', origin: 'ascii', warnings: [] },
);
const emptyField = new FieldView(nothing, { start: 0, end: 0 });

/** Where fields begin. Of each segment, the place after its last field is one past the separator that never came. */
class Places {
  owner: SegmentView | undefined;
  starts: Int32Array;
  /** Taken of `starts`. */
  length = 0;

  constructor(capacity: number) {
    this.starts = new Int32Array(capacity);
  }

  /** Forgets whose they were. */
  restart(owner: SegmentView): void {
    this.owner = owner;
    this.length = 0;
  }

  /** Appends those of one segment; returns how many fields it has. */
  find({ name, range: { start, end } }: SegmentView, { codes: { field: code }, structure }: Wire): number {
    const first = this.length;
    // MSH-1 is the separator itself, so that MSH-2 is the first piece after it.
    if (definesDelimiters(name)) this.#put(start + 3);
    for (let at = start + 3; at < end; at++) if (structure[at] === code) this.#put(at + 1);
    this.#put(end + 1);
    return this.length - first - 1;
  }

  #put(at: number): void {
    if (this.length >= this.starts.length) {
      const grown = new Int32Array(this.starts.length * 2);
      grown.set(this.starts);
      this.starts = grown;
    }
    this.starts[this.length++] = at;
  }
}

/** What the segments of one message share. */
export class SegmentContext {
  readonly places = new Places(256);
  readonly isIndexed: boolean;

  constructor(readonly wire: Wire) {
    this.isIndexed = wire.buffer.length <= indexedBytesMax;
  }
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
  /** Where its fields are in the places that are in use for it; -1 while they were not looked for. */
  #first = -1;
  #count = 0;
  /** Those that were asked for, of a message whose fields are found once. */
  #fields: Field[] | undefined;

  constructor(context: SegmentContext, place: SegmentPlace) {
    this.#context = context;
    this.name = place.name;
    this.position = place.position;
    this.index = place.index;
    this.#start = place.start;
    this.#end = place.end;
  }

  get fieldCount(): number {
    this.#places();
    return this.#count;
  }

  get bytes(): Uint8Array {
    return this.#context.wire.bytes(this.range);
  }

  get range(): Range {
    return { start: this.#start, end: this.#end };
  }

  field(n: number): Field {
    this.#places();
    if (!(n >= 1 && n <= this.#count)) return emptyField;
    if (!this.#context.isIndexed) return this.#viewOf(n);
    this.#fields ??= [];
    return (this.#fields[n - 1] ??= this.#viewOf(n));
  }

  #viewOf(n: number): Field {
    const range = this.fieldRange(n);
    if (range === undefined) return emptyField;
    const { wire } = this.#context;
    if (n <= 2 && definesDelimiters(this.name)) return this.#literal(range);
    return range.start >= range.end && !wire.hasDetached(range) ? emptyField : new FieldView(wire, range);
  }

  /** Undefined for a field that is not there. */
  fieldRange(n: number): Range | undefined {
    const { starts } = this.#places();
    if (!(n >= 1 && n <= this.#count)) return undefined;
    const at = this.#first + n - 1;
    const start = starts[at] ?? this.#end;
    if (n === 1 && definesDelimiters(this.name)) return { start, end: start + 1 };
    return { start, end: (starts[at + 1] ?? this.#end + 1) - 1 };
  }

  #literal(range: Range): Field {
    const { buffer, charset } = this.#context.wire;
    const bytes = buffer.subarray(range.start, range.end);
    return new FieldView(new Wire(bytes, nothing.delimiters, charset), { start: 0, end: bytes.length });
  }

  #places(): Places {
    const { places, wire, isIndexed } = this.#context;
    if (this.#own !== undefined) return this.#own;
    if (isIndexed ? this.#first >= 0 : places.owner === this) return places;
    if (!isIndexed && this.#end - this.#start >= ownPlacesBytes) this.#own = new Places(64);
    const target = this.#own ?? places;
    if (!isIndexed) target.restart(this);
    this.#first = target.length;
    this.#count = target.find(this, wire);
    return target;
  }
}

function definesDelimiters(name: string): boolean {
  return name === 'MSH' || name === 'BHS' || name === 'FHS';
}
