import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Parts<Item, Made> {
  /** Items in a part. */
  readonly size: number;
  /** Called for each part in turn; to be finished it may take its time. */
  readonly make: (part: readonly Item[]) => Promise<readonly Made[]>;
  /** One part after the other. */
  readonly take: (part: readonly Made[]) => Promise<void>;
}

/**
 * Makes something of all items, and while one part of it is finished and taken the next is made. Resolves to all of it when
 * the last part is taken. Rejects when nothing is under way any more; after a failure nothing more is taken.
 */
export async function inParts<Item, Made>(
  items: readonly Item[],
  { size, make, take }: Parts<Item, Made>,
): Promise<readonly Made[]> {
  const taken: Made[] = [];
  const progress = { hasFailed: false };
  let taking = Promise.resolve();
  const takeNext = async (before: Promise<void>, made: Promise<readonly Made[]>): Promise<void> => {
    made.catch(() => undefined); // said below, when its turn comes
    await before;
    const part = await made;
    await take(part);
    taken.push(...part);
  };
  try {
    for (let at = 0; at < items.length && !progress.hasFailed; at += size) {
      taking = takeNext(taking, make(items.slice(at, at + size)));
      taking.catch(() => (progress.hasFailed = true)); // the one that is awaited says it
      await nextTurn();
    }
  } finally {
    await taking;
  }
  return taken;
}
