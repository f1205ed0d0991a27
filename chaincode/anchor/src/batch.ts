import type { Context } from 'fabric-contract-api';

/** A batch as it stands in the state. The order of the members is its one spelling: every peer must write the same bytes. */
export interface Batch {
  /** MSP id of the organisation that anchored it. */
  readonly org: string;
  readonly batchId: string;
  /** RFC 6962 root over the batch's leaves, lower-case hex. */
  readonly root: string;
  readonly size: number;
  readonly previousRoot: string;
  /** The transaction that wrote it. */
  readonly txId: string;
  /** Seconds since 1970 as the client claimed them; peers hold them against a window only. To show, never to decide by. */
  readonly claimedAt: number;
}

/** Every key begins with the organisation: nobody can write under another's name, or take its next id. */
const keyOf = ({ stub }: Context, org: string, batchId: string): string =>
  stub.createCompositeKey('batch', [org, batchId]);

export async function findBatch(context: Context, org: string, batchId: string): Promise<Batch | undefined> {
  const bytes = await context.stub.getState(keyOf(context, org, batchId));
  return bytes.length === 0 ? undefined : parseBatch(bytes);
}

/** Writes a batch that is not there yet, and says so in the transaction's one event. */
export async function insertBatch(context: Context, batch: Batch): Promise<void> {
  const { org, batchId, root, size, previousRoot, txId, claimedAt } = batch;
  const bytes = Buffer.from(JSON.stringify({ org, batchId, root, size, previousRoot, txId, claimedAt }));
  await context.stub.putState(keyOf(context, org, batchId), bytes);
  context.stub.setEvent('BatchAnchored', bytes);
}

export interface Page {
  readonly batches: readonly Batch[];
  /** Id of the first batch of the next page; empty after the last. */
  readonly bookmark: string;
}

/** Up to `size` batches of an organisation in the order of their ids, from the one that `bookmark` names. */
export async function pageOfBatches(
  context: Context,
  org: string,
  { size, bookmark }: { readonly size: number; readonly bookmark: string },
): Promise<Page> {
  const { stub } = context;
  const from = bookmark && keyOf(context, org, bookmark);
  const { iterator, metadata } = await stub.getStateByPartialCompositeKeyWithPagination('batch', [org], size, from);
  const batches: Batch[] = [];
  try {
    for (let row = await iterator.next(); !row.done; row = await iterator.next())
      batches.push(parseBatch(row.value.value));
  } finally {
    await iterator.close();
  }
  // Of an empty page there is none, whatever the type says.
  const next = (metadata as typeof metadata | undefined)?.bookmark;
  return { batches, bookmark: (next && stub.splitCompositeKey(next).attributes[1]) ?? '' };
}

const parseBatch = (bytes: Uint8Array): Batch => JSON.parse(Buffer.from(bytes).toString()) as Batch;
