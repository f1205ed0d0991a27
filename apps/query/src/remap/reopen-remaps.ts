import type { RemapProgress } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import type { NewEntry } from '../archive/archive.js';
import { select } from '../archive/rows.js';
import type { CertifiedEvent } from '@anamnesis/core';

type Applied = Pick<RemapProgress, 'sourceId' | 'facility' | 'application' | 'tableVersion'>;

/**
 * Events that were mapped with an older table than the one that was, or is being, applied to what came before: there is
 * something to do again. In the transaction that archives them, so that whichever of the two comes first, none is forgotten.
 */
export async function reopenRemaps(manager: EntityManager, entries: readonly NewEntry[]): Promise<void> {
  const certified = entries.filter(({ kind }) => kind === 'certified');
  if (certified.length === 0) return;
  const sql = 'SELECT sourceId, facility, application, tableVersion FROM remap_progress';
  const applied = new Map((await select<Applied>(manager, sql)).map((one) => [nameOf(one), one]));
  if (applied.size === 0) return;
  const late = new Map<string, number>();
  for (const { header } of certified) {
    const { source, resources } = (header as CertifiedEvent).event;
    const one = applied.get(nameOf(source));
    if (one === undefined || (resources.tableVersion ?? 0) >= one.tableVersion) continue;
    late.set(one.sourceId, (late.get(one.sourceId) ?? 0) + 1);
  }
  for (const [sourceId, count] of late)
    await manager.query('UPDATE remap_progress SET finishedAt = NULL, total = total + ? WHERE sourceId = ?', [
      count,
      sourceId,
    ]);
}

function nameOf({ facility, application }: { readonly facility: string; readonly application: string }): string {
  return JSON.stringify([facility, application]);
}
