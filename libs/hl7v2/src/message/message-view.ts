import type { Charset } from '../text/charset.js';
import { checkContent } from './check-content.js';
import type { Delimiters } from './delimiters.js';
import type { Detached, Message, MessageHeader, Segment } from './message.js';
import type { SplitSegments } from './split-segments.js';
import type { Warning } from './warning.js';
import type { Wire } from './wire.js';

export class MessageView implements Message {
  readonly bytes: Uint8Array;
  readonly detached: readonly Detached[];
  readonly delimiters: Delimiters;
  readonly charset: Charset;
  readonly header: MessageHeader;
  readonly segments: readonly Segment[];
  readonly #parts: Parts;
  #warnings: readonly Warning[] | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.bytes = parts.bytes;
    this.detached = parts.detached;
    this.delimiters = parts.wire.delimiters;
    this.charset = parts.wire.charset;
    this.header = parts.header;
    this.segments = parts.split.segments;
  }

  get warnings(): readonly Warning[] {
    const { wire, split, warnings } = this.#parts;
    this.#warnings ??= checkContent(wire, split.segments, warnings);
    return this.#warnings;
  }

  get readingWarnings(): readonly Warning[] {
    return this.#parts.warnings;
  }

  first(name: string): Segment | undefined {
    return this.#parts.split.byName.get(name)?.[0];
  }

  all(name: string): readonly Segment[] {
    return this.#parts.split.byName.get(name) ?? [];
  }
}

interface Parts {
  readonly bytes: Uint8Array;
  readonly detached: readonly Detached[];
  readonly wire: Wire;
  readonly header: MessageHeader;
  readonly split: SplitSegments;
  /** Found while the message was cut into segments. */
  readonly warnings: readonly Warning[];
}
