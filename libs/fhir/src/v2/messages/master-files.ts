import type { Message, Segment } from '@anamnesis/hl7v2';

/** An entry of a master file: what its sender did with it (MFE-1, table 0180), and the segments that describe it. */
export interface MasterEntry {
  readonly mfe: Segment;
  readonly segments: readonly Segment[];
  /** MAD, MUP and MAC keep it in use; MDL and MDC do not, and remove nothing. */
  readonly isActive: boolean;
}

/** `MFI { MFE … }` */
export function masterEntries(message: Message): readonly MasterEntry[] {
  const entries: { mfe: Segment; segments: Segment[] }[] = [];
  for (const segment of message.segments) {
    if (segment.name === 'MFE') entries.push({ mfe: segment, segments: [] });
    else entries.at(-1)?.segments.push(segment);
  }
  return entries.map((entry) => ({ ...entry, isActive: !['MDL', 'MDC'].includes(actionOf(entry.mfe)) }));
}

function actionOf(mfe: Segment): string {
  return mfe.field(1).text().trim().toUpperCase();
}
