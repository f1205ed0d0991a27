import type { Message, Segment } from '@anamnesis/hl7v2';

/** What stays and what becomes of it: the right numbers in PID and PV1, the wrong or old ones in MRG. */
export interface MergeGroup {
  readonly pid: Segment;
  readonly mrg: Segment | undefined;
  readonly pv1: Segment | undefined;
}

/** `{ PID [PD1] MRG [PV1] }`, and `PID [PD1] { MRG [PV1] }` of an A45: visits moved to one patient. */
export function mergeGroups(message: Message): readonly MergeGroup[] {
  const groups: { pid: Segment; mrg: Segment | undefined; pv1: Segment | undefined }[] = [];
  const areVisits = message.header.triggerEvent === 'A45';
  for (const segment of message.segments) {
    const last = groups.at(-1);
    if (segment.name === 'PID') groups.push({ pid: segment, mrg: undefined, pv1: undefined });
    else if (last === undefined) continue;
    else if (segment.name === 'MRG' && last.mrg !== undefined && areVisits)
      groups.push({ pid: last.pid, mrg: segment, pv1: undefined });
    else if (segment.name === 'MRG') last.mrg ??= segment;
    else if (segment.name === 'PV1') last.pv1 ??= segment;
  }
  return groups;
}
