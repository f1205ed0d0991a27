import type { Message, Segment } from '@anamnesis/hl7v2';

/** What stays and what becomes of it: the right numbers in PID and PV1, the wrong or old ones in MRG. */
export interface MergeGroup {
  readonly pid: Segment;
  readonly mrg: Segment | undefined;
  readonly pv1: Segment | undefined;
}

interface OpenGroup {
  readonly pid: Segment;
  mrg: Segment | undefined;
  pv1: Segment | undefined;
}

/** `{ PID [PD1] MRG [PV1] }`, and `PID [PD1] { MRG [PV1] }` of an A45: visits moved to one patient. */
export function mergeGroups(message: Message): readonly MergeGroup[] {
  const groups: OpenGroup[] = [];
  const isOfVisits = message.header.triggerEvent === 'A45';
  for (const segment of message.segments) {
    const last = groups.at(-1);
    if (segment.name === 'PID') groups.push({ pid: segment, mrg: undefined, pv1: undefined });
    else if (last === undefined) continue;
    else if (isOfVisits && segment.name === 'MRG' && last.mrg !== undefined)
      groups.push({ pid: last.pid, mrg: segment, pv1: undefined });
    else fill(last, segment);
  }
  return groups;
}

function fill(group: OpenGroup, segment: Segment): void {
  if (segment.name === 'MRG') group.mrg ??= segment;
  if (segment.name === 'PV1') group.pv1 ??= segment;
}
