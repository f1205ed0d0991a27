import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AnchorEntry,
  type FabricBatch,
  type FabricLedger,
  firstPreviousRoot,
  newBatchId,
  parseBatchId,
} from '@anamnesis/ledger';
import { insertRows, LedgerCheckpoint, LedgerEvent, SealedBatch, type Store } from '@anamnesis/store';
import { openFreshStore } from '../../../test/open-fresh-store.js';
import { follow } from './follow.js';
import { reconcile } from './reconcile.js';

const rootOf = (n: number) => String(n).padStart(64, '0');
const longAgo = '2026-01-01T00:00:00.000Z';

/** Three batches in a chain, as they were sealed and as they are on the ledger; also in the order of their ids. */
function chain(): readonly AnchorEntry[] {
  const ids = [newBatchId(), newBatchId(), newBatchId()].sort();
  return [1, 2, 3].map((n) => ({
    batchId: ids[n - 1] ?? newBatchId(),
    root: rootOf(n),
    size: n,
    previousRoot: n === 1 ? firstPreviousRoot : rootOf(n - 1),
  }));
}

const heldAs = (entry: AnchorEntry, n: number): FabricBatch => ({
  mspId: 'HospitalA',
  entry,
  transactionId: n.toString(16).padStart(64, 'a'),
  claimedAt: longAgo,
});

const byId = (one: FabricBatch, other: FabricBatch) => (one.entry.batchId < other.entry.batchId ? -1 : 1);

/** A channel that holds and announces these batches. */
function channelOf(batches: readonly FabricBatch[]): Pick<FabricLedger, 'batches' | 'follow'> {
  return {
    async *batches() {
      for (const one of batches) yield await Promise.resolve(one);
    },
    async follow({ checkpoint, apply }) {
      for (const [index, one] of batches.entries())
        if (index > (checkpoint?.blockNumber ?? -1))
          await apply(one, { blockNumber: index, transactionId: one.transactionId });
    },
  };
}

describe('a store and a shared ledger', () => {
  let directory: string;
  let store: Store;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-reconcile-'));
    store = await openFreshStore(directory);
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const seal = (entries: readonly AnchorEntry[], anchoredAt: string | null = longAgo, from = 1) =>
    store.transaction((manager) =>
      insertRows(
        manager,
        SealedBatch,
        entries.map((entry, index) => ({
          ...entry,
          sequence: from + index,
          organisation: 'A',
          fence: 1,
          sealedAt: longAgo,
          anchor: '{}',
          evidence: '{}',
          anchoredAt,
          announcedAt: anchoredAt,
        })),
      ),
    );
  const disagreements = async (held: readonly FabricBatch[]) => {
    const ledger = channelOf(held);
    const found = await reconcile(store, { ledger, organisation: 'A', writer: 'HospitalA', signal });
    return found.disagreements;
  };
  const followed = (batches: readonly FabricBatch[]) =>
    follow(store, { ledger: channelOf(batches), organisation: 'A', signal });

  it('agree when everything sealed is held and was announced', async () => {
    const entries = chain();
    await seal(entries);
    await followed(entries.map(heldAs));
    expect(await disagreements(entries.map(heldAs))).toEqual([]);
  });

  it('tell of a batch that the ledger does not hold, and of the gap that it leaves', async () => {
    const entries = chain();
    await seal(entries);
    await followed(entries.map(heldAs));
    expect(await disagreements(entries.map(heldAs).toSpliced(1, 1))).toEqual([
      { batchId: entries[1]?.batchId, rule: 'missing-on-ledger' },
      { batchId: entries[2]?.batchId, rule: 'gap-before' },
    ]);
  });

  it('tell of a batch in our name that is none of ours', async () => {
    const entries = chain();
    await seal(entries.slice(0, 2));
    await followed(entries.map(heldAs));
    expect(await disagreements(entries.map(heldAs))).toEqual([{ batchId: entries[2]?.batchId, rule: 'foreign-batch' }]);
  });

  it('tell of another content, and of a batch that was never announced', async () => {
    const entries = chain();
    await seal(entries);
    const held = entries.map((entry, n) => heldAs(n === 0 ? { ...entry, size: 99 } : entry, n));
    await followed(held.slice(0, 2));
    expect(await disagreements(held)).toEqual([
      { batchId: entries[0]?.batchId, rule: 'other-content' },
      { batchId: entries[2]?.batchId, rule: 'never-announced' },
    ]);
  });

  it('do not take for a fault what is sealed, anchored and announced while they are compared', async () => {
    const [first, ...later] = chain();
    if (first === undefined) throw new Error('no batch');
    // The next one of the chain comes where the list was read already, the one after it where it was not.
    const [next, last] = later.map((entry, n) => ({
      ...entry,
      batchId: parseBatchId((n === 0 ? 'a' : 'z').repeat(32)),
    }));
    if (next === undefined || last === undefined) throw new Error('no batches');
    const middle = { ...first, batchId: parseBatchId('m'.repeat(32)) };
    await seal([middle]);
    await followed([middle].map(heldAs));
    const ledger = {
      async *batches() {
        yield heldAs(middle, 0);
        await seal([next, last], new Date().toISOString(), 2);
        yield heldAs(last, 2);
      },
    };
    const { disagreements: found } = await reconcile(store, { ledger, organisation: 'A', writer: 'HospitalA', signal });
    expect(found).toEqual([]);
    expect(await disagreements([next, last, middle].map(heldAs).sort(byId))).toEqual([]);
  });

  it('are no longer compared once the process stops', async () => {
    const entries = chain();
    await seal(entries);
    const stopping = new AbortController();
    const ledger = {
      async *batches() {
        for (const [n, entry] of entries.entries()) {
          if (n === 1) stopping.abort();
          yield await Promise.resolve(heldAs(entry, n));
        }
      },
    };
    const options = { ledger, organisation: 'A', writer: 'HospitalA', signal: stopping.signal };
    expect(await reconcile(store, options)).toMatchObject({ checked: 1 });
  });

  it('leave alone what is still on its way', async () => {
    const entries = chain();
    await seal(entries, null);
    expect(await disagreements([])).toEqual([]);
  });

  it('keep each announced batch once, however often it is told, and go on from where they were', async () => {
    const batches = chain().map(heldAs);
    await followed(batches.slice(0, 2));
    await store.writer.manager.update(LedgerCheckpoint, { organisation: 'A' }, { blockNumber: '0' });
    await followed(batches);
    expect(await store.reader.manager.countBy(LedgerEvent, { organisation: 'A' })).toBe(3);
    expect(await store.reader.manager.findOneBy(LedgerCheckpoint, { organisation: 'A' })).toMatchObject({
      blockNumber: '2',
    });
  });
});
