import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventBus, openEventBus } from '@anamnesis/bus';
import {
  type AnchoredBatch,
  base32,
  type CertifiedEvent,
  merkleRoot,
  parseAnchoredBatch,
  Unavailable,
} from '@anamnesis/core';
import { firstPreviousRoot, type Ledger, openLedger } from '@anamnesis/ledger';
import { Leaf, type Store } from '@anamnesis/store';
import { databases } from '../../../test/databases.js';
import { openFreshStore } from '../../../test/open-fresh-store.js';
import { audit } from './audit.js';
import { collect } from './collect.js';
import { holdLease, releaseLease } from './lease.js';
import { OldestUnanchored } from './oldest-unanchored.js';
import { seal } from './seal.js';
import { Sealer, type SealerOptions } from './sealer.js';

const event = (): CertifiedEvent =>
  ({
    event: { source: { facility: 'TEST' } },
    certification: { eventId: base32(randomBytes(20)), leaf: randomBytes(32).toString('hex') },
  }) as unknown as CertifiedEvent;
const nowhere = () => '';
const { signal } = new AbortController();
const events = (count: number) => Array.from({ length: count }, event);
const idsOf = (all: readonly CertifiedEvent[]) => all.map(({ certification }) => certification.eventId).sort();

describe.each(databases)('sealer on $name', ({ fresh }) => {
  let directory: string;
  let store: Store;
  let bus: EventBus;
  let ledger: Ledger;
  const batches: AnchoredBatch[] = [];
  const defects: unknown[] = [];
  let announced: () => void = () => undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-sealer-'));
    store = await openFreshStore(directory, await fresh());
    bus = await openEventBus({ backend: 'embedded', directory, report: () => undefined });
    ledger = await openLedger({ backend: 'log', directory });
    batches.length = 0;
    defects.length = 0;
    await bus.consume({
      topic: 'clinical.anchored',
      group: 'test',
      handle: (records) => {
        batches.push(...records.map(({ header }) => parseAnchoredBatch(header)));
        announced();
        return Promise.resolve([]);
      },
    });
  });
  afterEach(async () => {
    expect(defects.filter((error) => !(error instanceof Unavailable))).toEqual([]);
    await bus.close();
    await ledger.close();
    await store.close();
    await rm(directory, { recursive: true });
  });

  const sealer = (options: Partial<SealerOptions> = {}) =>
    new Sealer({
      store,
      bus,
      ledger,
      organisation: '',
      batchMs: 20,
      leavesMax: 4096,
      report: defects.push.bind(defects),
      ...options,
    });
  const leaves = () => batches.flatMap((batch) => batch.leaves);
  const untilAnnounced = (count: number) =>
    new Promise<void>((resolve) => {
      announced = () => {
        if (new Set(leaves().map(({ eventId }) => eventId)).size >= count) resolve();
      };
      announced();
    });

  it('anchors every event once, under a root that its leaves make, in a chain of roots', async () => {
    const all = events(25);
    for (const one of [all, all.slice(0, 5)]) await collect(store, one, nowhere);
    const running = sealer({ leavesMax: 10 });
    running.start();
    await untilAnnounced(25);
    await running.stop();
    expect(
      leaves()
        .map(({ eventId }) => eventId)
        .sort(),
    ).toEqual(idsOf(all));
    let previousRoot = firstPreviousRoot;
    // Batches travel in several partitions: the chain of roots is their order.
    for (let left = batches.length; left > 0; left--) {
      const batch = batches.find((one) => one.previousRoot === previousRoot);
      if (batch === undefined) throw new Error('the chain of roots is broken');
      const root = merkleRoot(batch.leaves.map(({ leaf }) => Buffer.from(leaf, 'hex')));
      expect(batch.root).toBe(Buffer.from(root).toString('hex'));
      previousRoot = batch.root;
    }
    expect(await audit(store, { ledger, organisation: '', signal })).toEqual({ checked: 3, mismatches: [] });
    expect(await new OldestUnanchored(store).find()).toBeUndefined();
  });

  it('lets leaves wait while the ledger is away, and catches up when it is back', async () => {
    let isAway = true;
    const away: Ledger = {
      find: (id) => ledger.find(id),
      close: () => ledger.close(),
      anchor: (entry) => (isAway ? Promise.reject(new Unavailable('ledger', 'away')) : ledger.anchor(entry)),
      prove: (anchor) => ledger.prove(anchor),
    };
    let isReported: () => void = () => undefined;
    const reported = new Promise<void>((resolve) => (isReported = resolve));
    const running = sealer({ ledger: away, report: isReported });
    const all = events(5);
    await collect(store, all, nowhere);
    running.start();
    await reported;
    const later = events(5);
    expect(await collect(store, later, nowhere)).toBe(5);
    const oldest = new OldestUnanchored(store);
    for (const since of [await oldest.find(), await oldest.find()]) expect(since).toBeInstanceOf(Date);
    isAway = false;
    await untilAnnounced(10);
    await running.stop();
    expect(await oldest.find()).toBeUndefined();
    expect(
      leaves()
        .map(({ eventId }) => eventId)
        .sort(),
    ).toEqual(idsOf([...all, ...later]));
  });

  it('looks once at what is done, and then no more: there is more of it with every second', async () => {
    const [before, later] = [events(1), events(1)];
    await collect(store, before, nowhere);
    const running = sealer();
    running.start();
    await untilAnnounced(1);
    await collect(store, later, nowhere);
    await untilAnnounced(2);
    // Behind its back: only who looks at the first batch again sees that.
    await store.writer.query('UPDATE sealed_batch SET announcedAt = NULL WHERE sequence = 1');
    await collect(store, events(1), nowhere);
    await untilAnnounced(3);
    await running.stop();
    expect(batches).toHaveLength(3);
    const next = sealer();
    next.start();
    const again = new Promise<void>((resolve) => (announced = resolve));
    await again;
    await next.stop();
    expect(batches.map(({ batchId }) => batchId)[3]).toBe(batches[0]?.batchId);
  });

  it.each(['anchor', 'prove', 'publish'] as const)('survives a crash right after %s', async (step) => {
    let isFirst = true;
    const crashAfter = async <Result>(result: Promise<Result>): Promise<Result> => {
      const value = await result;
      if (!isFirst) return value;
      isFirst = false;
      throw new Unavailable('power', 'cut');
    };
    const cut = <Result>(name: typeof step, result: Promise<Result>) => (name === step ? crashAfter(result) : result);
    const wrapped: Ledger = {
      find: (id) => ledger.find(id),
      close: () => ledger.close(),
      anchor: (entry) => cut('anchor', ledger.anchor(entry)),
      prove: (anchor) => cut('prove', ledger.prove(anchor)),
    };
    const wrappedBus = {
      ...bus,
      publish: (...args: Parameters<EventBus['publish']>) => cut('publish', bus.publish(...args)),
    };
    const all = events(7);
    await collect(store, all, nowhere);
    const running = sealer({ ledger: wrapped, bus: wrappedBus });
    running.start();
    await untilAnnounced(7);
    await running.stop();
    // Announced again at most; never anchored in two batches.
    const byEvent = new Map(
      leaves().map(({ eventId }) => [
        eventId,
        batches.filter((b) => b.leaves.some((l) => l.eventId === eventId)).map((b) => b.batchId),
      ]),
    );
    for (const ids of byEvent.values()) expect(new Set(ids).size).toBe(1);
    expect([...byEvent.keys()].sort()).toEqual(idsOf(all));
    expect(isFirst).toBe(false);
    expect(await audit(store, { ledger, organisation: '', signal })).toEqual({ checked: 1, mismatches: [] });
  });

  it('stops although the ledger does not answer, and anchors after the next start', async () => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const silent: Ledger = {
      ...{ find: (id) => ledger.find(id), prove: (anchor) => ledger.prove(anchor), close: () => ledger.close() },
      anchor: () => {
        asked();
        return new Promise(() => undefined);
      },
    };
    const all = events(3);
    await collect(store, all, nowhere);
    const first = sealer({ ledger: silent });
    first.start();
    await isAsked;
    await first.stop();
    const second = sealer();
    second.start();
    await untilAnnounced(3);
    await second.stop();
    expect(batches).toHaveLength(1);
  });

  it('audits no longer than the process goes on', async () => {
    await collect(store, events(3), nowhere);
    const running = sealer({ leavesMax: 1 });
    running.start();
    await untilAnnounced(3);
    await running.stop();
    const stopping = new AbortController();
    const watched: Ledger = {
      ...{
        anchor: (entry) => ledger.anchor(entry),
        prove: (anchor) => ledger.prove(anchor),
        close: () => ledger.close(),
      },
      find: (id) => {
        stopping.abort();
        return ledger.find(id);
      },
    };
    const options = { ledger: watched, organisation: '', signal: stopping.signal };
    expect(await audit(store, options)).toEqual({ checked: 1, mismatches: [] });
  });

  it('finds a batch whose leaf or chain was changed in the database', async () => {
    await collect(store, events(3), nowhere);
    const running = sealer();
    running.start();
    await untilAnnounced(3);
    await running.stop();
    await store.writer.query(`UPDATE leaf SET leaf = ? WHERE sequence = 2`, ['0'.repeat(64)]);
    const { mismatches } = await audit(store, { ledger, organisation: '', signal });
    expect(mismatches).toEqual([{ batchId: batches[0]?.batchId, rule: 'leaves-make-the-root' }]);
  });

  it('keeps a chain of roots for each organisation, and anchors each on its own ledger', async () => {
    const parts = events(12);
    const organisationOf = new Map(parts.map(({ event }, index) => [event, index % 3 === 0 ? 'B' : 'A']));
    for (const one of parts) await collect(store, [one], () => organisationOf.get(one.event) ?? '');
    const anchored: Record<string, string[]> = { A: [], B: [] };
    const running = ['A', 'B'].map((organisation) => {
      const own: Ledger = {
        find: (id) => ledger.find(id),
        close: () => ledger.close(),
        prove: (anchor) => ledger.prove(anchor),
        anchor: (entry) => {
          anchored[organisation]?.push(entry.root);
          return ledger.anchor(entry);
        },
      };
      return sealer({ organisation, ledger: own, leavesMax: 3 });
    });
    for (const one of running) one.start();
    await untilAnnounced(12);
    await Promise.all(running.map((one) => one.stop()));
    for (const organisation of ['A', 'B']) {
      const { checked, mismatches } = await audit(store, { ledger, organisation, signal });
      expect([checked, mismatches]).toEqual([anchored[organisation]?.length, []]);
      const rows = await store.reader.manager.findBy(Leaf, { organisation });
      expect(rows.map(({ eventId }) => eventId).sort()).toEqual(
        idsOf(parts.filter(({ event }) => organisationOf.get(event) === organisation)),
      );
    }
    expect(batches.filter(({ previousRoot }) => previousRoot === firstPreviousRoot)).toHaveLength(2);
  });

  it('seals nothing under a fence that somebody else has passed', async () => {
    await collect(store, events(2), nowhere);
    const fence = (await holdLease(store, 'sealer', 'one')) ?? 0;
    await releaseLease(store, 'sealer', 'one');
    await holdLease(store, 'sealer', 'two');
    const options = { organisation: '', lease: 'sealer', leavesMax: 10 };
    expect(await seal(store, { ...options, fence })).toBeUndefined();
    expect(await seal(store, { ...options, fence: fence + 1 })).toMatchObject({ size: 2 });
  });

  it('gives the right to seal to one at a time, and a new fence to the next', async () => {
    expect(await holdLease(store, 'sealer', 'one')).toBe(1);
    expect(await holdLease(store, 'sealer', 'two')).toBeUndefined();
    expect(await holdLease(store, 'sealer', 'one')).toBe(1);
    await releaseLease(store, 'sealer', 'one');
    expect(await holdLease(store, 'sealer', 'two')).toBe(2);
    expect(await holdLease(store, 'sealer', 'one')).toBeUndefined();
  });
});
