import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Parts<Item, Made> {
  /** Items in a part. */
  readonly size: number;
  /** Parts that are made and not yet taken, at most. */
  readonly aheadMax: number;
  /** Called for each part in turn; to be finished it may take its time. */
  readonly make: (part: readonly Item[]) => Promise<Made>;
  /** What was made of one part after the other. */
  readonly take: (made: Made) => Promise<void>;
}

/**
 * Makes something of all items, and while one part of it is finished and taken the next is made. Resolves when the last part
 * is taken. Rejects when nothing is under way any more; after a failure nothing more is taken.
 */
export async function inParts<Item, Made>(
  items: readonly Item[],
  { size, aheadMax, make, take }: Parts<Item, Made>,
): Promise<void> {
  const progress = { hasFailed: false };
  let taking = Promise.resolve();
  const ahead: Promise<void>[] = [];
  const takeNext = async (before: Promise<void>, made: Promise<Made>): Promise<void> => {
    made.catch(() => undefined); // said below, when its turn comes
    await before;
    await take(await made);
  };
  try {
    for (let at = 0; at < items.length && !progress.hasFailed; at += size) {
      taking = takeNext(taking, make(items.slice(at, at + size)));
      taking.catch(() => (progress.hasFailed = true)); // the one that is awaited says it
      ahead.push(taking);
      if (ahead.length < aheadMax) await nextTurn();
      else await ahead.shift();
    }
  } finally {
    await taking;
  }
}
