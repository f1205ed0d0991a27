/** A fragment that waits for others of its message. */
export interface Waiting {
  readonly id: string;
  /** MSH-14; empty in a first fragment. */
  readonly continues: string;
  /** DSC-1; empty in a last fragment. */
  readonly pointer: string;
}

/**
 * The messages that are complete among the fragments of one source, each from its first fragment to its last, whatever
 * order they came in. A pointer that two fragments end with, or that two continue, leads nowhere: parts of two patients
 * must never become one message, and which belongs to which is an operator's to say.
 */
export function findChains<Fragment extends Waiting>(waiting: readonly Fragment[]): readonly (readonly Fragment[])[] {
  const byPointer = grouped(waiting, ({ pointer }) => pointer);
  const byContinues = grouped(waiting, ({ continues }) => continues);
  const chains: (readonly Fragment[])[] = [];
  for (const first of byContinues.get('') ?? []) {
    const chain = [first];
    let last: Fragment | undefined = first;
    while (last !== undefined && last.pointer !== '') {
      last = byPointer.get(last.pointer)?.length === 1 ? onlyOne(byContinues.get(last.pointer)) : undefined;
      // A ring cannot be entered: its entry would be a pointer that two fragments end with.
      if (last !== undefined) chain.push(last);
    }
    if (last !== undefined) chains.push(chain);
  }
  return chains;
}

/** Those that continue nothing that waits: where a message is torn, seen from its first part that is there. */
export function headsOf<Fragment extends Waiting>(waiting: readonly Fragment[]): readonly Fragment[] {
  const pointers = new Set(waiting.map(({ pointer }) => pointer));
  return waiting.filter(({ continues }) => continues === '' || !pointers.has(continues));
}

function onlyOne<Fragment>(fragments: readonly Fragment[] = []): Fragment | undefined {
  return fragments.length === 1 ? fragments[0] : undefined;
}

function grouped<Fragment>(fragments: readonly Fragment[], keyOf: (one: Fragment) => string) {
  const groups = new Map<string, Fragment[]>();
  for (const one of fragments) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
