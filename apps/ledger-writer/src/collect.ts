import type { CertifiedEvent } from '@anamnesis/core';
import { insertFresh, Leaf, type Store } from '@anamnesis/store';

/**
 * Keeps the commitments of certified events until they are sealed. Resolves with the number of new ones when they are
 * durable; an event that comes again adds none.
 */
export async function collect(
  store: Store,
  events: readonly CertifiedEvent[],
  organisationOf: (facility: string) => string,
): Promise<number> {
  const collectedAt = new Date().toISOString();
  const rows = events.map(({ event, certification: { eventId, leaf } }) => {
    const organisation = organisationOf(event.source.facility);
    return { eventId, leaf, organisation, collectedAt, batchId: '' };
  });
  const fresh = await store.transaction((manager) => insertFresh(manager, Leaf, { key: 'eventId', rows }));
  return fresh.length;
}
