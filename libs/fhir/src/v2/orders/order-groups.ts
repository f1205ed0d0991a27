import type { Message, Segment } from '@anamnesis/hl7v2';
import type { ObxLine } from '../results/observation-unit.js';

/** One ORC with what it is about; a second detail segment under one ORC is an order of its own. */
export interface OrderGroup {
  readonly orc: Segment | undefined;
  /** OBR, RXO, RXE, RXD, RXG or RXA: what is ordered, or was done. */
  detail: Segment | undefined;
  /** Everything after the ORC in the order of the message, the detail with it. */
  readonly segments: Segment[];
}

export interface OrderGroups {
  /** Before the first order: the patient, the visit and what is known of them. */
  readonly head: readonly Segment[];
  readonly groups: readonly OrderGroup[];
}

/**
 * The order groups of a message of chapters 4 and 4A. What follows a second PID are prior results, which their own
 * messages have told (hl7v2.md §8): they are in no group. Unknown segments belong where they stand.
 */
export function orderGroups(message: Message, details: ReadonlySet<string>): OrderGroups {
  const head: Segment[] = [];
  const groups: OrderGroup[] = [];
  for (const segment of ownSegments(message)) {
    const last = groups.at(-1);
    if (segment.name === 'ORC') groups.push({ orc: segment, detail: undefined, segments: [] });
    else if (details.has(segment.name)) takeDetail(segment, last, groups);
    else (last?.segments ?? head).push(segment);
  }
  return { head, groups };
}

/** Up to a second PID, which in a message of orders is that of prior results. */
export function ownSegments({ segments }: Message): readonly Segment[] {
  const pid = segments.findIndex(({ name }) => name === 'PID');
  const prior = segments.findIndex(({ name }, at) => name === 'PID' && at > pid);
  return prior < 0 ? segments : segments.slice(0, prior);
}

function takeDetail(segment: Segment, last: OrderGroup | undefined, groups: OrderGroup[]): void {
  if (last === undefined || last.detail !== undefined) {
    groups.push({ orc: last?.orc, detail: segment, segments: [segment] });
    return;
  }
  last.detail = segment;
  last.segments.push(segment);
}

export function segmentsOf({ segments }: Pick<OrderGroup, 'segments'>, name: string): readonly Segment[] {
  return segments.filter((segment) => segment.name === name);
}

/** OBX of a group, each with the NTE that follow it. */
export function linesOf(segments: readonly Segment[]): readonly ObxLine[] {
  const lines: { obx: Segment; notes: Segment[] }[] = [];
  let isOpen = false;
  for (const segment of segments) {
    if (segment.name === 'OBX') lines.push({ obx: segment, notes: [] });
    else if (segment.name === 'NTE' && isOpen) lines.at(-1)?.notes.push(segment);
    isOpen = segment.name === 'OBX' || (isOpen && segment.name === 'NTE');
  }
  return lines;
}

/** NTE that are about the order itself: before the first OBX or specimen. */
export function orderNotes({ segments }: OrderGroup): readonly Segment[] {
  const end = segments.findIndex(({ name }) => name === 'OBX' || name === 'SPM');
  return (end < 0 ? segments : segments.slice(0, end)).filter(({ name }) => name === 'NTE');
}
