import { LessThan } from 'typeorm';
import { insertOnce, SealerLease, type Store } from '@anamnesis/store';

const leaseMs = 10_000;

/**
 * Takes or keeps the right that `name` stands for: one owner at a time, by a database lease. Returns the fence under which
 * it is valid until somebody else took over, or undefined while another owner holds it.
 */
export async function holdLease(store: Store, name: string, owner: string): Promise<number | undefined> {
  const now = new Date();
  const until = new Date(now.getTime() + leaseMs).toISOString();
  return store.transaction(async (manager) => {
    const held = await manager.findOneBy(SealerLease, { name });
    // Looked for first: on MySQL an insert that fails leaves a lock behind, and two who then update wait for each other.
    if (held === null)
      return (await insertOnce(manager, SealerLease, { name, owner, fence: 1, until })) ? 1 : undefined;
    if (held.owner === owner) {
      const kept = await manager.update(SealerLease, { name, owner, fence: held.fence }, { until });
      return kept.affected === 1 ? held.fence : undefined;
    }
    const fence = held.fence + 1;
    const expired = { name, fence: held.fence, until: LessThan(now.toISOString()) };
    const taken = await manager.update(SealerLease, expired, { owner, fence, until });
    return taken.affected === 1 ? fence : undefined;
  });
}

/** Lets the next process take it at once. */
export async function releaseLease(store: Store, name: string, owner: string): Promise<void> {
  const until = new Date(0).toISOString();
  await store.transaction((manager) => manager.update(SealerLease, { name, owner }, { until }));
}
