import type { Delimiters } from '../message/delimiters.js';
import { headerOf, withEvent } from '../message/message-header.js';
import { MessageView } from '../message/message-view.js';
import type { Detached, Message, Segment } from '../message/message.js';
import { SegmentView } from '../message/segment-view.js';
import { splitSegments } from '../message/split-segments.js';
import type { Warning } from '../message/warning.js';
import { Wire } from '../message/wire.js';
import { decodeText, encodeText } from '../text/text-codec.js';

const carriageReturn = Buffer.from('\r');

/** The fields of one segment as texts on the wire, to be changed one by one. */
export class EditableSegment {
  readonly name: string;
  readonly index: number;
  readonly #segment: Segment;
  readonly #charset: string;
  readonly #separator: Buffer;
  readonly #changed = new Map<number, string>();

  constructor(segment: Segment, { charset, delimiters }: Pick<Message, 'charset' | 'delimiters'>) {
    this.name = segment.name;
    this.index = segment.index;
    this.#segment = segment;
    this.#charset = charset.name;
    this.#separator = Buffer.from(delimiters.field, 'latin1');
  }

  /** As on the wire; undefined where its bytes mean nothing. */
  text(n: number): string | undefined {
    return this.#changed.get(n) ?? decodeText(this.#segment.field(n).bytes, this.#charset);
  }

  /** False when the character set of the message has no such text: then nothing is changed. */
  set(n: number, text: string): boolean {
    if (encodeText(text, this.#charset) === undefined) return false;
    this.#changed.set(n, text);
    return true;
  }

  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  get bytes(): Uint8Array {
    if (!this.isChanged) return this.#segment.bytes;
    const last = Math.max(this.#segment.fieldCount, ...this.#changed.keys());
    const parts: Uint8Array[] = [Buffer.from(this.name, 'latin1')];
    // MSH-1 is the separator before MSH-2.
    for (let n = this.name === 'MSH' ? 2 : 1; n <= last; n++) parts.push(this.#separator, this.#fieldBytes(n));
    return Buffer.concat(parts);
  }

  /** Where in these bytes a place of the whole message is now; undefined in another segment, or in a changed field. */
  offsetOf(at: number): number | undefined {
    const segment = this.#segment;
    if (!(segment instanceof SegmentView) || at < segment.range.start || at > segment.range.end) return undefined;
    if (!this.isChanged) return at - segment.range.start;
    let offset = this.name.length;
    for (let n = 1; n <= segment.fieldCount; n++) {
      const range = segment.fieldRange(n);
      offset += this.#separator.length;
      if (range !== undefined && at >= range.start && at <= range.end)
        return this.#changed.has(n) ? undefined : offset + at - range.start;
      offset += this.#fieldBytes(n).length;
    }
    return undefined;
  }

  #fieldBytes(n: number): Uint8Array {
    const text = this.#changed.get(n);
    return (text === undefined ? undefined : encodeText(text, this.#charset)) ?? this.#segment.field(n).bytes;
  }
}

interface Named {
  readonly all: EditableSegment[];
  readonly byPart: Map<number, EditableSegment[]>;
}

/** A message whose fields can be changed; what is not touched stays as it is, byte for byte. */
export class EditableMessage {
  readonly segments: readonly EditableSegment[];
  readonly delimiters: Delimiters;
  readonly #message: Message;
  readonly #parts: number[] = [];
  #byName: ReadonlyMap<string, Named> | undefined;

  constructor(message: Message) {
    this.#message = message;
    this.delimiters = message.delimiters;
    this.segments = message.segments.map((one) => new EditableSegment(one, message));
  }

  all(name: string): readonly EditableSegment[] {
    return this.#named().get(name)?.all ?? [];
  }

  /** Those of a name in the part of one patient, a PID with what follows it; part 0 is what stands before all of them. */
  inPart(name: string, part: number): readonly EditableSegment[] {
    return this.#named().get(name)?.byPart.get(part) ?? [];
  }

  partOf({ index }: EditableSegment): number {
    this.#named();
    return this.#parts[index] ?? 0;
  }

  /** Looked up for every segment that a rule is at. */
  #named(): ReadonlyMap<string, Named> {
    if (this.#byName !== undefined) return this.#byName;
    const found = new Map<string, Named>();
    let part = 0;
    for (const segment of this.segments) {
      if (segment.name === 'PID') part += 1;
      this.#parts.push(part);
      const named = found.get(segment.name) ?? { all: [], byPart: new Map<number, EditableSegment[]>() };
      found.set(segment.name, named);
      named.all.push(segment);
      const own = named.byPart.get(part);
      if (own === undefined) named.byPart.set(part, [segment]);
      else own.push(segment);
    }
    this.#byName = found;
    return found;
  }

  get charset(): string {
    return this.#message.charset.name;
  }

  /** Where values that were taken out of the message belong now; those in a field that was changed are gone with it. */
  #detached(): readonly Detached[] {
    const { detached } = this.#message;
    if (detached.length === 0) return [];
    const moved: Detached[] = [];
    let start = 0;
    for (const segment of this.segments) {
      for (const one of detached) {
        const offset = segment.offsetOf(one.at);
        if (offset !== undefined) moved.push({ ...one, at: start + offset });
      }
      start += segment.bytes.length + carriageReturn.length;
    }
    return moved;
  }

  /** Read again as it stands now, in the same character set; the message itself when nothing was changed. */
  read(): Message {
    const { delimiters, charset } = this.#message;
    if (!this.segments.some(({ isChanged }) => isChanged)) return this.#message;
    const buffer = Buffer.concat(this.segments.flatMap(({ bytes }) => [bytes, carriageReturn]));
    const warnings: Warning[] = [];
    const wire = new Wire(buffer, delimiters, charset);
    const detached = this.#detached();
    wire.takeDetached(detached);
    const split = splitSegments(wire, { start: 0, end: buffer.length }, warnings);
    const [msh] = split.segments;
    if (msh === undefined) return this.#message;
    const evn = split.byName.get('EVN')?.[0];
    const header = withEvent(headerOf(msh, { delimiters, charset }, warnings), evn, warnings);
    return new MessageView({ bytes: buffer, detached, wire, header, split, warnings });
  }
}
