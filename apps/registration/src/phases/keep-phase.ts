import type { SourceFact } from '@anamnesis/core';
import { SourcePhaseChange } from '@anamnesis/store';
import type { Turn } from '../outbox/turn.js';

/** Adds the step by which the source came to its phase, after all others. */
export async function keepPhase(
  { manager, at }: Turn,
  { id: sourceId, phase = 'certified' }: SourceFact,
  { by, reason, accepted = null }: { readonly by: string; readonly reason: string; readonly accepted?: string | null },
): Promise<void> {
  const last = await manager.findOne(SourcePhaseChange, { where: { sourceId }, order: { version: 'DESC' } });
  // Never before the step that it follows, whatever the clock says.
  const since = last !== null && last.since > at ? last.since : at;
  const version = (last?.version ?? 0) + 1;
  await manager.insert(SourcePhaseChange, { sourceId, version, phase, since, changedBy: by, reason, accepted });
}
