import type { Message, Segment } from '../message/message.js';
import { decodeText } from '../text/text-codec.js';

/** A field that two readings of one message have otherwise. */
export interface FieldDifference {
  /** `PID-3`; `OBX(2)-5` from the second segment of the name on. */
  readonly location: string;
  /** As on the wire, escape sequences and all; '' where nothing stands or nothing can be read. */
  readonly before: string;
  readonly after: string;
}

/** Field by field, in the order of the message. Both have the same segments, as corrections leave them. */
export function compareMessages(before: Message, after: Message): readonly FieldDifference[] {
  if (before === after) return [];
  return before.segments.flatMap((segment, at) => {
    const other = after.segments[at];
    return other === undefined ? [] : segmentDifferences([segment, before], [other, after]);
  });
}

type Read = readonly [segment: Segment, message: Message];

function segmentDifferences(before: Read, after: Read): readonly FieldDifference[] {
  const [segment] = before;
  if (Buffer.compare(segment.bytes, after[0].bytes) === 0) return [];
  const count = Math.max(segment.fieldCount, after[0].fieldCount);
  const where = segment.position === 1 ? segment.name : `${segment.name}(${segment.position})`;
  return Array.from({ length: count }, (_, at) => at + 1).flatMap((n) => {
    const [one, other] = [textOf(before, n), textOf(after, n)];
    return one === other ? [] : [{ location: `${where}-${n}`, before: one, after: other }];
  });
}

function textOf([segment, { charset }]: Read, n: number): string {
  return decodeText(segment.field(n).bytes, charset.name) ?? '';
}
