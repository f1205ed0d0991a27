import { In } from 'typeorm';
import type { CertifiedEvent } from '@anamnesis/core';
import { insertRows, Leaf, type Store } from '@anamnesis/store';

/**
 * Keeps the commitments of certified events until they are sealed. Resolves with the number of new ones when they are
 * durable; an event that comes again adds none.
 */
export async function collect(
  store: Store,
  events: readonly CertifiedEvent[],
  organisationOf: (facility: string) => string,
): Promise<number> {
  const leaves = new Map(
    events.map(({ event, certification: { eventId, leaf } }) => [
      eventId as string,
      { leaf, organisation: organisationOf(event.source.facility) },
    ]),
  );
  const collectedAt = new Date().toISOString();
  return store.transaction(async (manager) => {
    const known = await manager.find(Leaf, { select: { eventId: true }, where: { eventId: In([...leaves.keys()]) } });
    for (const { eventId } of known) leaves.delete(eventId);
    const rows = [...leaves].map(([eventId, leaf]) => ({ eventId, ...leaf, collectedAt, batchId: '' }));
    await insertRows(manager, Leaf, rows);
    return rows.length;
  });
}
