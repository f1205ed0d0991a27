import type { Message, Segment } from '@anamnesis/hl7v2';

/** Segments that are about one patient: a whole message, or the part of it that begins with one PID. */
export type MessagePart = Pick<Message, 'segments' | 'first' | 'all'>;

/** One part for each PID, with what follows it; what stands before the first PID is of none. */
export function partsByPatient({ segments }: Message): readonly MessagePart[] {
  const parts: Segment[][] = [];
  for (const segment of segments) {
    if (segment.name === 'PID') parts.push([segment]);
    else parts.at(-1)?.push(segment);
  }
  return parts.map(partOf);
}

function partOf(segments: readonly Segment[]): MessagePart {
  return {
    segments,
    first: (name) => segments.find((one) => one.name === name),
    all: (name) => segments.filter((one) => one.name === name),
  };
}
