import type { Message, Segment } from '@anamnesis/hl7v2';
import type { ObxLine } from '../results/observation-unit.js';

/** One ORC with what it is about; a second detail segment under one ORC is an order of its own. */
export interface OrderGroup {
  readonly orc: Segment | undefined;
  /** OBR, RXO, RXE, RXD, RXG or RXA: what is ordered, or was done. */
  detail: Segment | undefined;
  /** Everything after the ORC in the order of the message, the detail with it. */
  readonly segments: Segment[];
  /** SPM of the order; in messages by specimen, the SPM that it stands under. */
  readonly specimens: Segment[];
}

/** How a message is cut into orders. */
export interface Cut {
  readonly details: ReadonlySet<string>;
  /** OML_O33, OML_O35 and their answers: orders stand under the specimen. */
  readonly isBySpecimen?: boolean;
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
export function orderGroups(message: Message, { details, isBySpecimen = false }: Cut): OrderGroups {
  const head: Segment[] = [];
  const groups: OrderGroup[] = [];
  let above: readonly Segment[] = [];
  for (const segment of ownSegments(message)) {
    const last = groups.at(-1);
    if (isBySpecimen && segment.name === 'SPM') above = [segment];
    else if (segment.name === 'ORC') groups.push(openGroup(segment, above));
    else if (details.has(segment.name)) takeDetail(segment, groups, above);
    else if (last) takeOther(segment, last);
    else head.push(segment);
  }
  return { head, groups };
}

function takeOther(segment: Segment, { segments, specimens }: OrderGroup): void {
  segments.push(segment);
  if (segment.name === 'SPM') specimens.push(segment);
}

function openGroup(orc: Segment | undefined, specimens: readonly Segment[]): OrderGroup {
  return { orc, detail: undefined, segments: [], specimens: [...specimens] };
}

/** Up to a second PID, which in a message of orders is that of prior results. */
export function ownSegments({ segments }: Message): readonly Segment[] {
  const pid = segments.findIndex(({ name }) => name === 'PID');
  const prior = segments.findIndex(({ name }, at) => name === 'PID' && at > pid);
  return prior < 0 ? segments : segments.slice(0, prior);
}

function takeDetail(segment: Segment, groups: OrderGroup[], above: readonly Segment[]): void {
  const last = groups.at(-1);
  const group = last === undefined || last.detail !== undefined ? openGroup(last?.orc, above) : last;
  if (group !== last) groups.push(group);
  group.detail = segment;
  group.segments.push(segment);
}

export function segmentsOf({ segments }: { readonly segments: readonly Segment[] }, name: string): readonly Segment[] {
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
