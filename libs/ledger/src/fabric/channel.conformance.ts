import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StatusCode } from '@hyperledger/fabric-gateway';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnchorEntry, BatchId } from '../anchor-entry.js';
import { someEntries, someEntry } from '../ledger.conformance.js';
import { describeVerdict, verifyAnchor } from '../verify.js';
import { connect } from './connect.js';
import { blockPartOf } from './evidence/collect.js';
import type { FabricEvidence } from './evidence/fabric-evidence.js';
import type { FabricBatch } from './evidence/held-batch.js';
import { verifyFabricGrowth } from './evidence/verify-fabric-growth.js';
import { type FabricLedger, openFabricLedger } from './fabric-ledger.js';
import type { FabricAccount, FabricLedgerOptions } from './fabric-options.js';
import type { FabricCheckpoint } from './follow.js';
import { endorse } from './submit/endorse.js';
import { FileSubmissions } from './testing/file-submissions.js';
import { KeptSubmissions } from './testing/kept-submissions.js';
import { type KilledClientTask, stages } from './testing/killed-client.js';
import type { FabricTrust } from './trust/fabric-trust.js';

export { KeptSubmissions };

/** A running channel of HospitalA and HospitalB, and perhaps others, in which two must endorse. */
export interface ChannelPlace {
  account(mspId?: 'HospitalA' | 'HospitalB', role?: 'client' | 'admin'): Promise<FabricAccount>;
  trust(): Promise<FabricTrust>;
}

const root = new URL('../../../../', import.meta.url);
const program = `(async () => {
  const { register } = await import('node:module');
  register('./test/worker-source.mjs', process.env.ROOT);
  const { runKilledClient } = await import(process.env.ROOT + 'libs/ledger/src/fabric/testing/killed-client.ts');
  await runKilledClient(process.env.FOLDER);
})()`;

/** What a channel's ledger promises beyond the port, on a network and on its imitation. */
export function channelConformance(name: string, started: () => ChannelPlace): void {
  describe(`${name}: a channel`, () => {
    const opened: FabricLedger[] = [];
    let trust: FabricTrust;
    let folder: string;

    beforeAll(async () => {
      trust = await started().trust();
    });
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'anamnesis-fabric-'));
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
      await rm(folder, { recursive: true });
    });

    async function open(options: Partial<FabricLedgerOptions> = {}): Promise<FabricLedger> {
      const account = await started().account();
      const ledger = openFabricLedger({ ...account, submissions: new KeptSubmissions(), ...options });
      opened.push(ledger);
      return ledger;
    }

    /** Every batch that the channel tells of from its first block on, up to one that is anchored now. */
    async function told(ledger: FabricLedger): Promise<readonly FabricBatch[]> {
      const last = someEntry();
      await ledger.anchor(last);
      const batches: FabricBatch[] = [];
      const ending = new AbortController();
      const apply = (batch: FabricBatch) => {
        batches.push(batch);
        if (batch.entry.batchId === last.batchId) ending.abort();
        return Promise.resolve();
      };
      await ledger.follow({ checkpoint: undefined, apply, signal: ending.signal });
      return batches;
    }

    const timesOf = (batches: readonly FabricBatch[], batchId: BatchId) =>
      batches.filter(({ entry }) => entry.batchId === batchId).length;

    it('lets an organisation anchor under its own name alone', async () => {
      const [ours, theirs] = [await open(), await open(await started().account('HospitalB'))];
      const entry = someEntry();
      const anchor = await ours.anchor(entry);
      expect(anchor).toMatchObject({ mspId: 'HospitalA', channel: trust.channel, chaincode: trust.chaincode });
      expect(await theirs.find(entry.batchId)).toBeUndefined();
      const other = { ...entry, root: 'ab'.repeat(32) };
      expect(await theirs.anchor(other)).toMatchObject({ mspId: 'HospitalB', root: other.root });
      expect(await ours.find(entry.batchId)).toEqual(anchor);
    });

    it('refuses the certificate of an administrator', async () => {
      const admin = await open(await started().account('HospitalA', 'admin'));
      await expect(admin.anchor(someEntry())).rejects.toMatchObject({ name: 'Rejected', code: 'forbidden' });
    });

    it.each(stages)('takes over from a process killed while %s, with one transaction that counts', async (stage) => {
      const [entry, account] = [someEntry(), await started().account()];
      await runUntilKilled({ account, entry, stage });
      const submissions = new FileSubmissions(folder);
      const saved = await submissions.find(entry.batchId);
      expect(saved === undefined).toBe(stage === 'endorsing' || stage === 'endorsed');
      const ledger = await open({ ...account, submissions });
      const anchor = await ledger.anchor(entry);
      if (saved !== undefined) expect(anchor.transactionId).toBe(saved.transactionId);
      expect(timesOf(await told(ledger), entry.batchId)).toBe(1);
    });

    async function runUntilKilled(task: KilledClientTask): Promise<void> {
      await writeFile(join(folder, 'task.json'), JSON.stringify(task));
      const flags = ['--no-warnings', '--import=./test/worker-source.mjs'];
      const child = spawn(process.execPath, [...flags, '-e', program], {
        cwd: root,
        env: { PATH: process.env['PATH'], ROOT: root.href, FOLDER: folder },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    }

    it('ends writers of one batch that do not know of each other with one anchor', async () => {
      const entry = someEntry();
      const kept = Array.from({ length: 5 }, () => new KeptSubmissions());
      const ledgers = await Promise.all(kept.map((submissions) => open({ submissions })));
      const anchors = await Promise.all(ledgers.map((ledger) => ledger.anchor(entry)));
      expect(new Set(anchors.map((anchor) => JSON.stringify(anchor))).size).toBe(1);
      const [ledger] = ledgers;
      expect(ledger && timesOf(await told(ledger), entry.batchId)).toBe(1);
    });

    it('tells of each batch once, in order, across restarts of the follower in the middle of a block', async () => {
      const ledger = await open();
      await Promise.all(someEntries(12).map((entry) => ledger.anchor(entry)));
      const all = await told(ledger);
      const applied: BatchId[] = [];
      let checkpoint: FabricCheckpoint | undefined;
      // A new follower for every 3 batches, and for every 30 of what other tests left.
      const step = Math.max(3, Math.ceil(all.length / 10));
      while (applied.length < all.length) {
        const ending = new AbortController();
        const until = Math.min(applied.length + step, all.length);
        const apply = (batch: FabricBatch, reached: FabricCheckpoint) => {
          if (ending.signal.aborted) return Promise.resolve(); // not stored: it comes again
          applied.push(batch.entry.batchId);
          checkpoint = reached;
          if (applied.length === until) ending.abort();
          return Promise.resolve();
        };
        await ledger.follow({ checkpoint, apply, signal: ending.signal });
      }
      expect(applied).toEqual(all.map(({ entry }) => entry.batchId));
    });

    it('ends a follower with what its projection throws, and with the ledger', async () => {
      const ledger = await open();
      await ledger.anchor(someEntry());
      const { signal } = new AbortController();
      const apply = () => Promise.reject(new Error('no disk'));
      await expect(ledger.follow({ checkpoint: undefined, apply, signal })).rejects.toThrow('no disk');
      const following = ledger.follow({ checkpoint: undefined, apply: () => Promise.resolve(), signal });
      await ledger.close();
      await following;
    });

    it('lists what it holds under the own name, each batch once', async () => {
      const [ours, theirs] = [await open(), await open(await started().account('HospitalB'))];
      await Promise.all([...someEntries(3).map((entry) => ours.anchor(entry)), theirs.anchor(someEntry())]);
      const listed: FabricBatch[] = [];
      for await (const batch of ours.batches()) listed.push(batch);
      const own = (await told(ours)).filter(({ mspId }) => mspId === 'HospitalA').slice(0, -1);
      expect(listed.map(({ entry }) => entry.batchId)).toEqual(own.map(({ entry }) => entry.batchId).sort());
    });

    it('proves more than the port asks, says what trust remains, and makes evidence once', async () => {
      const submissions = new KeptSubmissions();
      const ledger = await open({ trust, submissions });
      const entry = someEntry();
      const anchor = await ledger.anchor(entry);
      const evidence = await ledger.prove(anchor);
      const verdict = verifyAnchor({ evidence, trust, entry });
      expect(verdict).toMatchObject({ verdict: 'valid', ledger: 'fabric', trustModel: 'consortium-channel' });
      const { transactionId } = anchor;
      expect(verdict).toMatchObject({ mspId: 'HospitalA', transactionId, orderedBy: ['Ordering'] });
      const said = describeVerdict(verdict);
      expect(said).toMatch(/endorsed by Hospital. and Hospital./);
      expect(said).toMatch(/signed by the ordering service \(Ordering\)/);
      expect(said).toMatch(/confirmed afterwards .* nobody signs the validation flags/);
      expect(said).toMatch(/Not proven: the time .* is the client's claim/);
      expect(describeVerdict(verifyAnchor({ evidence }))).toMatch(/that the evidence itself supplied .* compare it/);
      // From what was kept, whether the channel can be reached or not.
      const apart = await open({ submissions, peer: '127.0.0.1:1' });
      expect(await apart.prove(anchor)).toEqual(evidence);
    });

    it('leads from the block in the evidence to a block that the verifier knows, and to no other', async () => {
      const ledger = await open();
      const evidence = await ledger.prove(await ledger.anchor(someEntry()));
      for (const entry of someEntries(3)) await ledger.anchor(entry);
      const { number } = evidence.block;
      const later = await ledger.prove(await ledger.anchor(someEntry()));
      const verdict = verifyAnchor({ evidence: later });
      const knownHash = verdict.verdict === 'valid' && verdict.ledger === 'fabric' ? verdict.blockHash : '';
      const headers = await ledger.headers({ from: number + 1, to: later.block.number });
      expect(verifyFabricGrowth({ evidence, headers, knownHash })).toBe(true);
      expect(verifyFabricGrowth({ evidence: later, headers: [], knownHash })).toBe(true);
      expect(verifyFabricGrowth({ evidence, headers: headers.slice(1), knownHash })).toBe(false);
      expect(verifyFabricGrowth({ evidence, headers: headers.slice(0, -1), knownHash })).toBe(false);
      expect(verifyFabricGrowth({ evidence, headers, knownHash: '00'.repeat(32) })).toBe(false);
      const forged = { ...evidence, block: { ...evidence.block, number: number - 1 } };
      expect(verifyFabricGrowth({ evidence: forged, headers, knownHash })).toBe(false);
    });

    it('does not take the loser of two endorsed transactions for one batch for the winner', async () => {
      const entry = someEntry();
      const rival = { ...entry, root: 'cd'.repeat(32) };
      const ledger = await open();
      const { winner, loser } = await anchorTwice(await started().account(), entry, rival);
      expect([winner.code, loser.code]).toEqual([StatusCode.VALID, StatusCode.MVCC_READ_CONFLICT]);
      const anchor = await ledger.anchor(entry);
      expect(anchor.transactionId).toBe(winner.transactionId);
      const evidence = await ledger.prove(anchor);
      const posing = { ...evidence, entry: rival, block: loser.block };
      const detail = 'the peers name another transaction';
      expect(verifyAnchor({ evidence: posing, trust })).toMatchObject({ reason: 'not-confirmed', detail });
    });

    /** Has both endorsed before either is ordered, as only who writes past this ledger can. */
    async function anchorTwice(account: FabricAccount, ...entries: readonly AnchorEntry[]) {
      const connection = connect(account, createPrivateKey(account.privateKey));
      const { signal } = new AbortController();
      const attempts = { signal, report: () => undefined };
      try {
        const endorsed = [];
        for (const entry of entries) endorsed.push(await endorse(connection, entry, attempts));
        const ends: { code: number; transactionId: string; block: FabricEvidence['block'] }[] = [];
        for (const one of endorsed) {
          const submitted = await connection.gateway.newTransaction(one?.envelope ?? new Uint8Array(0)).submit();
          const { code, transactionId } = await submitted.getStatus();
          const collecting = { connection, ...attempts, trustAt: () => Promise.resolve(trust) };
          ends.push({ code, transactionId, block: (await blockPartOf(transactionId, collecting)).block });
        }
        const [winner, loser] = ends;
        if (winner === undefined || loser === undefined) throw new Error('two transactions were expected');
        return { winner, loser };
      } finally {
        connection.close();
      }
    }

    it('is not believed under another membership, configuration, quorum or channel', async () => {
      const ledger = await open();
      const evidence = await ledger.prove(await ledger.anchor(someEntry()));
      const others: readonly FabricTrust[] = [
        { ...trust, channel: 'c9' },
        { ...trust, chaincode: 'other' },
        { ...trust, configBlock: trust.configBlock + 1 },
        { ...trust, quorum: trust.quorum + 1 },
        { ...trust, organisations: trust.organisations.slice(1) },
      ];
      for (const other of others)
        expect(verifyAnchor({ evidence, trust: other })).toMatchObject({ reason: 'untrusted-channel' });
      const log = { origin: 'ledger.example/log', vkey: 'ledger.example/log+00000000+key' };
      expect(verifyAnchor({ evidence, trust: log })).toMatchObject({ reason: 'untrusted-channel' });
    });

    it('proves nothing under a trust that is not the one in force, and says which one is wanted', async () => {
      const before = await open({ trust: { ...trust, configBlock: trust.configBlock - 1 } });
      const anchor = await before.anchor(someEntry());
      await expect(before.prove(anchor)).rejects.toThrow(/configuration changed .* agree on the new one/);
      const after = await open({ trust: { ...trust, configBlock: trust.configBlock + 1000 } });
      const wanted = new RegExp(`start with the trust of block ${trust.configBlock} until the batch is proven`);
      await expect(after.prove(anchor)).rejects.toThrow(wanted);
      const right = await open({ trust });
      expect(await right.prove(anchor)).toMatchObject({ entry: { batchId: anchor.batchId } });
    });
  });
}
