import type { Projection, Saying } from '../project/projection.js';
import { isNumbered, isReusable } from '../project/read-as.js';
import { type Finding, judgeRow } from './finding.js';
import { type Grouping, MergedGrouping, ReusedGrouping } from './grouping.js';
import { type Merges, readLinks, readMerges } from './read-merges.js';

/** All that a resource was ever read together with, and how it came to that. */
export interface Together {
  readonly merges: Merges;
  readonly grouping: Grouping;
  /** What is stored of it, after everything was replayed. */
  readonly judge: (sayings: readonly Saying[]) => readonly Finding[];
}

export async function readTogether(
  projection: Projection,
  { resourceType, id }: { readonly resourceType: string; readonly id: string },
): Promise<Together> {
  const none = () => [];
  const alone = { merges: { ids: [id], changes: [], isIncomplete: false }, judge: none };
  if (isNumbered(resourceType))
    return { merges: await readMerges(projection, id), grouping: new MergedGrouping(id), judge: none };
  const rows = isReusable(resourceType) ? await projection.reused.loadOf('memberId', [id]) : [];
  const grouping = new ReusedGrouping(id, rows);
  if (rows.length === 0) return { ...alone, grouping };
  const judge = (sayings: readonly Saying[]) =>
    rows
      .filter(({ memberId }) => memberId === id)
      .flatMap((row) => {
        const first = sayings.find(({ statements }) =>
          statements.some((one) => one.id === id && one.recordKey === row.recordKey),
        );
        const survivorId = grouping.survivorOf(row);
        const about = { place: 'reused_number', subject: `${resourceType}/${id}`, eventId: first?.eventId ?? null };
        return judgeRow(about, row, { seq: first?.seq, survivorId: survivorId === id ? null : survivorId });
      });
  return { merges: await readLinks(projection, id, rows), grouping, judge };
}
