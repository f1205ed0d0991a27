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

export interface NotedSegment {
  readonly segment: Segment;
  /** NTE that follow it at once. */
  readonly notes: readonly Segment[];
}

/** Segments of a name, each with its notes. */
export function notedSegments({ segments }: MessagePart, name: string): readonly NotedSegment[] {
  const found: { segment: Segment; notes: Segment[] }[] = [];
  let isOpen = false;
  for (const segment of segments) {
    if (segment.name === name) found.push({ segment, notes: [] });
    else if (segment.name === 'NTE' && isOpen) found.at(-1)?.notes.push(segment);
    isOpen = segment.name === name || (isOpen && segment.name === 'NTE');
  }
  return found;
}

function partOf(segments: readonly Segment[]): MessagePart {
  return {
    segments,
    first: (name) => segments.find((one) => one.name === name),
    all: (name) => segments.filter((one) => one.name === name),
  };
}
