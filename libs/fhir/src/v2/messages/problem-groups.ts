import type { Message, Segment } from '@anamnesis/hl7v2';

/** A problem or a goal, with its notes and what stands under it. */
export interface CareGroup {
  /** PRB or GOL. */
  readonly segment: Segment;
  readonly notes: readonly Segment[];
  /** GOL under PRB (PPR), PRB under GOL (PGL). */
  readonly under: readonly CareGroup[];
}

/** `{ PRB [NTE] … { GOL [NTE] … } }` of a PPR, `{ GOL [NTE] … { PRB [NTE] … } }` of a PGL. */
export function careGroups(message: Message, outer: 'PRB' | 'GOL'): readonly CareGroup[] {
  const groups: OpenGroup[] = [];
  let noted: OpenGroup | undefined;
  for (const segment of message.segments) {
    if (segment.name === 'NTE') {
      noted?.notes.push(segment);
      continue;
    }
    noted = undefined;
    if (segment.name !== 'PRB' && segment.name !== 'GOL') continue;
    noted = { segment, notes: [], under: [] };
    const last = groups.at(-1);
    if (segment.name === outer || last === undefined) groups.push(noted);
    else last.under.push(noted);
  }
  return groups;
}

interface OpenGroup {
  readonly segment: Segment;
  readonly notes: Segment[];
  readonly under: OpenGroup[];
}
