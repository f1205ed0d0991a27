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
  /** OBX and NTE that describe a specimen, and no order. */
  readonly ofSpecimen: readonly Segment[];
}

/**
 * The order groups of a message of chapters 4 and 4A. What follows a second PID are prior results, which their own
 * messages have told (hl7v2.md §8): they are in no group. Unknown segments belong where they stand.
 */
export function orderGroups(message: Message, cut: Cut): OrderGroups {
  return groupsOf(ownSegments(message), cut);
}

/** The order groups of a part of a message. */
export function groupsOf(segments: readonly Segment[], cut: Cut): OrderGroups {
  const reader = new OrderReader(cut);
  for (const segment of segments) reader.take(segment);
  return reader;
}

class OrderReader implements OrderGroups {
  readonly head: Segment[] = [];
  readonly groups: OrderGroup[] = [];
  readonly ofSpecimen: Segment[] = [];
  /** By specimen: the one that the next orders stand under. */
  #above: readonly Segment[] = [];
  /** After an SPM, until the next order. */
  #isOfSpecimen = false;

  constructor(private readonly cut: Cut) {}

  take(segment: Segment): void {
    if (segment.name === 'SPM') this.#specimen(segment);
    else if (segment.name === 'ORC') this.#open(segment);
    else if (this.cut.details.has(segment.name)) this.#detail(segment);
    else if (this.#isOfSpecimen && ['OBX', 'NTE'].includes(segment.name)) this.ofSpecimen.push(segment);
    else (this.groups.at(-1)?.segments ?? this.head).push(segment);
  }

  #specimen(spm: Segment): void {
    this.#isOfSpecimen = true;
    if (this.cut.isBySpecimen === true) this.#above = [spm];
    else this.groups.at(-1)?.specimens.push(spm);
  }

  #open(orc: Segment | undefined): OrderGroup {
    const group: OrderGroup = { orc, detail: undefined, segments: [], specimens: [...this.#above] };
    this.groups.push(group);
    this.#isOfSpecimen = false;
    return group;
  }

  #detail(segment: Segment): void {
    const last = this.groups.at(-1);
    const group = last === undefined || last.detail !== undefined ? this.#open(last?.orc) : last;
    this.#isOfSpecimen = false;
    group.detail = segment;
    group.segments.push(segment);
  }
}

/**
 * What is of the first patient: a second PID of a message of orders begins prior results, one of an appointment (SIU) another
 * patient, whose group ends with the resources (RGS).
 */
export function ownSegments({ segments }: Message): readonly Segment[] {
  const pid = segments.findIndex(({ name }) => name === 'PID');
  const second = segments.findIndex(({ name }, at) => name === 'PID' && at > pid);
  if (second < 0) return segments;
  const shared = segments.findIndex(({ name }, at) => name === 'RGS' && at > second);
  return [...segments.slice(0, second), ...(shared < 0 ? [] : segments.slice(shared))];
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

/** NTE that are about the order itself: before the first OBX. */
export function orderNotes({ segments }: OrderGroup): readonly Segment[] {
  const end = segments.findIndex(({ name }) => name === 'OBX');
  return (end < 0 ? segments : segments.slice(0, end)).filter(({ name }) => name === 'NTE');
}
