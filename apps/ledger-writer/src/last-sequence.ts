import type { Store } from '@anamnesis/store';

/**
 * Number of the batch sealed last, whosever; 0 before the first. Numbers grow by one and a batch that is seen has none
 * before it unseen: what is sealed from now on has a higher one.
 */
export async function lastSequence({ reader }: Store): Promise<number> {
  const [row] = await reader.manager.query<{ last: number | string | null }[]>(
    'SELECT MAX(sequence) AS last FROM sealed_batch',
  );
  return Number(row?.last ?? 0);
}
