import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { merkleRoot, Rejected, Unavailable } from '@anamnesis/core';
import { type AnchorEntry, type BatchId, firstPreviousRoot, newBatchId, parseAnchorEntry } from './anchor-entry.js';
import type { Anchor, Ledger, LedgerTrust } from './ledger.js';
import { parseAnchor, parseLedgerEvidence } from './parse-evidence.js';
import { describeVerdict, verifyAnchor } from './verify.js';

/** A place where a ledger can be opened, closed and opened again on the same content. */
export interface LedgerPlace {
  open(): Promise<Ledger>;
  /** What a third party would be given about this ledger out of band. */
  trust(): Promise<LedgerTrust>;
  dispose(): Promise<void>;
  /**
   * Which bits of the evidence the suite flips, one by one. Evidence of many kilobytes, judged by several signatures, would
   * take minutes at every bit: there each byte is touched once, every place in a byte equally often, and judged with the
   * trust and without it by turns.
   */
  readonly flips?: 'one bit of every byte';
}

let drawn = 0;
const hexRoot = (text: string) => Buffer.from(merkleRoot([Buffer.from(text)])).toString('hex');

/** A valid entry that no other test has. */
export function someEntry(previous?: AnchorEntry): AnchorEntry {
  return {
    batchId: newBatchId(),
    root: hexRoot(`root ${++drawn}`),
    size: 1 + (drawn % 4096),
    previousRoot: previous?.root ?? firstPreviousRoot,
  };
}

/** A chain of entries, each naming the root before it. */
export function someEntries(count: number): readonly AnchorEntry[] {
  const entries: AnchorEntry[] = [];
  for (let n = 0; n < count; n++) entries.push(someEntry(entries.at(-1)));
  return entries;
}

/** Texts that differ from this one in a single bit, as long as they are text at all. */
function* everyFlip(text: string, flips: LedgerPlace['flips']): Generator<string> {
  const bytes = Buffer.from(text, 'utf8');
  for (let bit = 0; bit < bytes.length * 8; bit += flips === undefined ? 1 : toNextByte(bit)) {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield copy.toString('utf8');
  }
}

/** From any bit to the next place in the next byte. */
function toNextByte(bit: number): number {
  return (bit & 7) === 7 ? 1 : 9;
}

/** Acts, then loses the answer, the first time that each batch is anchored: a crash between commit and reply. */
function losingFirstAnswers(ledger: Ledger): Ledger {
  const lost = new Set<BatchId>();
  return {
    ...{ find: (id) => ledger.find(id), prove: (anchor) => ledger.prove(anchor), close: () => ledger.close() },
    async anchor(entry) {
      const anchor = await ledger.anchor(entry);
      if (lost.has(entry.batchId)) return anchor;
      lost.add(entry.batchId);
      throw new Unavailable('ledger', 'the answer was lost');
    },
  };
}

/** Every promise of the `Ledger` port, for any backend. `fresh` gives an empty place per test. */
export function ledgerConformance(name: string, fresh: () => Promise<LedgerPlace>): void {
  describe(`${name} ledger`, () => {
    let place: LedgerPlace;
    let ledger: Ledger;

    beforeEach(async () => {
      place = await fresh();
      ledger = await place.open();
    });
    afterEach(async () => {
      await ledger.close();
      await place.dispose();
    });

    async function restart(): Promise<void> {
      await ledger.close();
      ledger = await place.open();
    }

    async function provenEntry(anchor: Anchor): Promise<AnchorEntry> {
      const evidence = parseLedgerEvidence(JSON.parse(JSON.stringify(await ledger.prove(anchor))));
      const verdict = verifyAnchor({ evidence, trust: await place.trust() });
      if (verdict.verdict !== 'valid') throw new Error(verdict.reason);
      return verdict.entry;
    }

    it('anchors an entry, finds it and proves it', async () => {
      const entry = someEntry();
      const anchor = await ledger.anchor(entry);
      expect(anchor).toMatchObject({ batchId: entry.batchId, root: entry.root });
      expect(await ledger.find(entry.batchId)).toEqual(anchor);
      expect(await provenEntry(anchor)).toEqual(entry);
    });

    it('knows nothing of a batch that was never anchored', async () => {
      await ledger.anchor(someEntry());
      expect(await ledger.find(newBatchId())).toBeUndefined();
    });

    it('gives anchors and evidence that survive JSON unchanged', async () => {
      const anchor = await ledger.anchor(someEntry());
      expect(parseAnchor(JSON.parse(JSON.stringify(anchor)))).toEqual(anchor);
      const evidence = await ledger.prove(anchor);
      expect(parseLedgerEvidence(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
    });

    it('answers the same entry with the first anchor, at once and after others and a restart', async () => {
      const entry = someEntry();
      const [first, second] = await Promise.all([ledger.anchor(entry), ledger.anchor(entry)]);
      expect(second).toEqual(first);
      for (const other of someEntries(5)) await ledger.anchor(other);
      expect(await ledger.anchor(entry)).toEqual(first);
      await restart();
      expect(await ledger.anchor(entry)).toEqual(first);
      expect(await ledger.find(entry.batchId)).toEqual(first);
    });

    it('refuses the same batch with another content, and keeps the first', async () => {
      const entry = someEntry();
      const anchor = await ledger.anchor(entry);
      const others = [
        { ...entry, root: hexRoot('other') },
        { ...entry, size: entry.size + 1 },
        { ...entry, previousRoot: hexRoot('other') },
      ];
      for (const other of others)
        await expect(ledger.anchor(other)).rejects.toMatchObject({ name: 'Rejected', code: 'anchor-conflict' });
      expect(await ledger.find(entry.batchId)).toEqual(anchor);
      expect(await provenEntry(anchor)).toEqual(entry);
    });

    it('lets one of two that race for a batch win, and anchors their neighbours', async () => {
      const [entry, neighbour] = [someEntry(), someEntry()];
      const rival = { ...entry, root: hexRoot('rival') };
      const all = await Promise.allSettled([entry, rival, neighbour].map((one) => ledger.anchor(one)));
      expect(all.filter(({ status }) => status === 'rejected')).toMatchObject([
        { reason: { name: 'Rejected', code: 'anchor-conflict' } },
      ]);
      const winner = await ledger.find(entry.batchId);
      expect([entry.root, rival.root]).toContain(winner?.root);
      expect(await ledger.find(neighbour.batchId)).toMatchObject({ root: neighbour.root });
    });

    it('refuses what is no entry, and anchors nothing of it', async () => {
      const entry = someEntry();
      const wrong: readonly unknown[] = [
        { ...entry, root: entry.root.toUpperCase() },
        { ...entry, root: entry.root.slice(2) },
        { ...entry, size: 0 },
        { ...entry, size: 1.5 },
        { ...entry, batchId: 'batch' },
        { ...entry, note: 'anything' },
        {},
      ];
      for (const one of wrong)
        await expect(ledger.anchor(one as AnchorEntry)).rejects.toMatchObject({ code: 'invalid-evidence' });
      expect(await ledger.find(entry.batchId)).toBeUndefined();
    });

    it('anchors 200 entries at once, each once, and proves all of them, before and after a restart', async () => {
      const entries = someEntries(200);
      const anchors = await Promise.all(entries.map((entry) => ledger.anchor(entry)));
      expect(await Promise.all(anchors.map(provenEntry))).toEqual(entries);
      await restart();
      expect(await Promise.all(entries.map(({ batchId }) => ledger.find(batchId)))).toEqual(anchors);
      expect(await Promise.all(anchors.map(provenEntry))).toEqual(entries);
    });

    it('proves an old anchor the same way after the ledger has grown', async () => {
      const anchor = await ledger.anchor(someEntry());
      const evidence = await ledger.prove(anchor);
      await Promise.all(someEntries(20).map((entry) => ledger.anchor(entry)));
      await restart();
      expect(await ledger.prove(anchor)).toEqual(evidence);
    });

    it('anchors once what is sent again because the answer was lost', async () => {
      const losing = losingFirstAnswers(ledger);
      const entries = someEntries(10);
      for (const entry of entries) await expect(losing.anchor(entry)).rejects.toThrow(Unavailable);
      const found = await Promise.all(entries.map(({ batchId }) => ledger.find(batchId)));
      await restart();
      expect(await Promise.all(entries.map((entry) => ledger.anchor(entry)))).toEqual(found);
      expect(new Set(found.map((anchor) => JSON.stringify(anchor))).size).toBe(10);
    });

    it('proves no anchor that it never gave', async () => {
      const anchor = await ledger.anchor(someEntry());
      for (const wrong of [
        { ...anchor, batchId: newBatchId() },
        { ...anchor, root: hexRoot('other') },
      ])
        await expect(ledger.prove(wrong)).rejects.toMatchObject({ name: 'Rejected', code: 'not-found' });
    });

    it('gives evidence in which no bit can be flipped', async () => {
      const [anchor] = await Promise.all(someEntries(5).map((entry) => ledger.anchor(entry)));
      const evidence = JSON.stringify(anchor && (await ledger.prove(anchor)));
      const trust = await place.trust();
      let tried = 0;
      const accepted: string[] = [];
      for (const flipped of everyFlip(evidence, place.flips)) {
        tried++;
        const trusts = place.flips === undefined ? [trust, undefined] : [tried % 16 < 8 ? trust : undefined];
        if (trusts.some((one) => isAccepted(flipped, one))) accepted.push(flipped);
      }
      expect(isAccepted(evidence, trust)).toBe(true);
      expect(isAccepted(evidence, undefined)).toBe(true);
      expect(tried).toBeGreaterThan(5000);
      expect(accepted).toEqual([]);
    });

    it('says whose key was believed, and does not accept evidence of one entry for another', async () => {
      const entry = someEntry();
      const evidence = await ledger.prove(await ledger.anchor(entry));
      const trust = await place.trust();
      expect(verifyAnchor({ evidence, entry, trust })).toMatchObject({ verdict: 'valid', isKeyTrusted: true });
      expect(verifyAnchor({ evidence, entry })).toMatchObject({ verdict: 'valid', isKeyTrusted: false });
      const other = parseAnchorEntry({ ...entry, size: entry.size + 1 });
      const verdict = verifyAnchor({ evidence, entry: other, trust });
      expect(verdict).toMatchObject({ verdict: 'mismatch', reason: 'other-entry' });
      expect(describeVerdict(verdict)).toContain('other-entry');
    });

    it('is unavailable after close, and can be closed twice', async () => {
      const anchor = await ledger.anchor(someEntry());
      await ledger.close();
      await ledger.close();
      await expect(ledger.anchor(someEntry())).rejects.toThrow(Unavailable);
      await expect(ledger.find(anchor.batchId)).rejects.toThrow(Unavailable);
      await expect(ledger.prove(anchor)).rejects.toThrow(Unavailable);
    });

    it('answers what was asked before it was closed', async () => {
      const entries = someEntries(20);
      const answers = Promise.all(entries.map((entry) => ledger.anchor(entry)));
      await ledger.close();
      const anchors = await answers;
      ledger = await place.open();
      expect(await Promise.all(entries.map(({ batchId }) => ledger.find(batchId)))).toEqual(anchors);
    });
  });
}

function isAccepted(text: string, trust: LedgerTrust | undefined): boolean {
  try {
    return verifyAnchor({ evidence: parseLedgerEvidence(JSON.parse(text)), trust }).verdict === 'valid';
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Rejected && error.code === 'invalid-evidence')) return false;
    throw error;
  }
}
