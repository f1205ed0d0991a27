import type { AnchorEntry } from '@anamnesis/ledger';

/** What is compared of a batch. */
export type Content = Pick<AnchorEntry, 'root' | 'previousRoot' | 'size'>;

export interface SealedRow extends Content {
  readonly batchId: string;
  readonly anchoredAt: string | null;
}

/** One batch as we sealed it, as the ledger holds it and as the ledger announced it. */
export interface Sides {
  readonly batchId: string;
  readonly sealed: SealedRow | undefined;
  readonly held: Content | undefined;
  readonly told: Content | undefined;
}

type Side<Row> = AsyncIterable<Row & { readonly batchId: string }>;

/** Joins three lists by batch. Each is in the order of batch ids and read a page at a time: none fits into memory for good. */
export async function* sideBySide(
  sealed: Side<SealedRow>,
  held: Side<Content>,
  told: Side<Content>,
): AsyncIterable<Sides> {
  const [ours, theirs, announced] = [new Reader(sealed), new Reader(held), new Reader(told)];
  for (;;) {
    const heads = [await ours.peek(), await theirs.peek(), await announced.peek()];
    const [batchId] = heads.flatMap((head) => (head === undefined ? [] : [head.batchId])).sort();
    if (batchId === undefined) return;
    yield { batchId, sealed: ours.take(batchId), held: theirs.take(batchId), told: announced.take(batchId) };
  }
}

class Reader<Row extends { readonly batchId: string }> {
  readonly #rows: AsyncIterator<Row>;
  #head: Row | undefined;
  #isEnded = false;

  constructor(rows: AsyncIterable<Row>) {
    this.#rows = rows[Symbol.asyncIterator]();
  }

  async peek(): Promise<Row | undefined> {
    if (this.#head !== undefined || this.#isEnded) return this.#head;
    const next = await this.#rows.next();
    if (next.done === true) this.#isEnded = true;
    else this.#head = next.value;
    return this.#head;
  }

  /** The row of this batch, if it is the next one. */
  take(batchId: string): Row | undefined {
    if (this.#head?.batchId !== batchId) return undefined;
    const row = this.#head;
    this.#head = undefined;
    return row;
  }
}
