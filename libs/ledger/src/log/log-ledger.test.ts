import { chmod, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { Unavailable } from '@anamnesis/core';
import { ledgerConformance, someEntries, someEntry } from '../ledger.conformance.js';
import { describeVerdict, verifyAnchor } from '../verify.js';
import { type LogLedger, type LogLedgerOptions, openLogLedger } from './log-ledger.js';
import { keyFingerprint, parseLogTrust } from './log-trust.js';
import { verifyLogGrowth } from './verify-log-growth.js';

ledgerConformance('log', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-ledger-'));
  return {
    open: () => openLogLedger({ directory }),
    trust: async () => parseLogTrust(await readFile(join(directory, 'ledger.vkey'), 'utf8')),
    dispose: () => rm(directory, { recursive: true }),
  };
});

describe('log ledger', () => {
  let directory: string;
  let ledger: LogLedger | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-ledger-'));
  });
  afterEach(async () => {
    await ledger?.close();
    await rm(directory, { recursive: true });
  });

  const path = (name: string) => join(directory, name);
  async function open(options: Partial<LogLedgerOptions> = {}): Promise<LogLedger> {
    await ledger?.close();
    return (ledger = await openLogLedger({ directory, ...options }));
  }

  /** Alters the closed file behind the log's back. */
  async function tamper(sql: string): Promise<void> {
    await ledger?.close();
    const database = new Database(path('ledger.db'));
    database.exec(sql);
    database.close();
  }

  async function filled(count: number): Promise<LogLedger> {
    const opened = await open();
    // One by one, so that each has its checkpoint.
    for (const entry of someEntries(count)) await opened.anchor(entry);
    return opened;
  }

  it('makes a key that only its owner can read, and a verifier key for everybody', async () => {
    const { trust } = await open({ origin: 'ledger.example/log1' });
    expect((await stat(path('ledger-key.pem'))).mode & 0o777).toBe(0o600);
    expect(parseLogTrust(await readFile(path('ledger.vkey'), 'utf8'))).toEqual(trust);
    expect(trust.vkey).toMatch(/^ledger\.example\/log1\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
    expect((await open()).trust).toEqual(trust);
  });

  it('writes the verifier key again when it was removed', async () => {
    const { trust } = await open();
    await rm(path('ledger.vkey'));
    expect((await open()).trust).toEqual(trust);
    expect((await readFile(path('ledger.vkey'), 'utf8')).trim()).toBe(trust.vkey);
  });

  it('goes on with the first start where a crash left it: key written, log not begun', async () => {
    await open();
    await ledger?.close();
    const key = await readFile(path('ledger-key.pem'));
    for (const name of ['ledger.db', 'ledger.vkey']) await rm(path(name));
    await (await open()).anchor(someEntry());
    expect(await readFile(path('ledger-key.pem'))).toEqual(key);
  });

  it('refuses a second owner of the same directory', async () => {
    await open();
    await expect(openLogLedger({ directory })).rejects.toThrow(Unavailable);
  });

  it.each([
    ['without the key of its log', 'ledger-key.pem', /ledger-key\.pem is missing/],
    ['with a log that was taken from under its key', 'ledger.db', /ledger\.vkey is there without its log/],
  ])('refuses to start %s', async (_, name, message) => {
    await filled(1);
    await ledger?.close();
    await rename(path(name), path('away'));
    await expect(open()).rejects.toThrow(message);
    await rename(path('away'), path(name));
    expect(await (await open()).audit()).toEqual({ checked: 1 });
  });

  it('refuses the key of another log, another origin and a malformed one', async () => {
    await filled(1);
    await ledger?.close();
    await expect(open({ origin: 'elsewhere.example/log' })).rejects.toThrow(/a log keeps its origin/);
    await expect(open({ origin: 'a b' })).rejects.toThrow(/printable ASCII/);
    const other = await mkdtemp(join(tmpdir(), 'anamnesis-ledger-'));
    await (await openLogLedger({ directory: other })).close();
    await writeFile(path('ledger-key.pem'), await readFile(join(other, 'ledger-key.pem')));
    await chmod(path('ledger-key.pem'), 0o600);
    await rm(other, { recursive: true });
    const opening = open();
    await expect(opening).rejects.toThrow(Unavailable);
    await expect(opening).rejects.toThrow(/not the key of this log/);
  });

  it.each([
    ['an altered entry', `UPDATE entry SET body = replace(body, '"size":', '"size":1') WHERE position = 5`, 5],
    ['a renamed batch', `UPDATE entry SET batch_id = 'x' WHERE position = 6`, 6],
    ['a removed entry', 'DELETE FROM entry WHERE position = 2', 2],
    ['a removed last entry', 'DELETE FROM entry WHERE position = 10', 10],
    ['an entry that nobody signed', "INSERT INTO entry VALUES (11, 'x', '{}', 0)", 11],
    ['an altered leaf hash', 'UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND position = 4', 4],
    ['an altered inner hash', 'UPDATE node SET hash = zeroblob(32) WHERE level = 2 AND position = 1', 7],
    ['a removed hash', 'DELETE FROM node WHERE level = 1 AND position = 0', 1],
    ['a removed checkpoint', 'DELETE FROM checkpoint WHERE size > 8', 8],
    ['an altered checkpoint', "UPDATE checkpoint SET note = replace(note, char(10) || '11', char(10) || '10')", 0],
  ])('refuses to start on %s and names the position', async (_, sql, position) => {
    await filled(11);
    await tamper(sql);
    await expect(open()).rejects.toThrow(new RegExp(`damaged at position ${position}:`));
  });

  it('is found rewritten by who kept a checkpoint, even when the key itself signs the new history', async () => {
    const before = await filled(3);
    const [{ trust }, kept] = [before, await before.latestCheckpoint()];
    await tamper('DELETE FROM entry; DELETE FROM node; DELETE FROM checkpoint WHERE size > 0');
    const after = await filled(5);
    const claim = { earlier: kept, later: await after.latestCheckpoint(), trust };
    expect(verifyLogGrowth({ ...claim, proof: await after.consistency(3, 5) })).toBe(false);
  });

  it('proves every state consistent with every earlier one', async () => {
    const opened = await open();
    const states = [await opened.latestCheckpoint()];
    for (const entry of someEntries(9)) {
      await opened.anchor(entry);
      states.push(await opened.latestCheckpoint());
    }
    const { trust } = opened;
    for (const [second, later] of states.entries()) {
      for (const [first, earlier] of states.entries()) {
        if (first > second) continue;
        const proof = await opened.consistency(first, second);
        expect(verifyLogGrowth({ earlier, later, proof, trust })).toBe(true);
        expect(verifyLogGrowth({ earlier, later, proof: [...proof, '00'.repeat(32)], trust })).toBe(false);
        if (first < second) expect(verifyLogGrowth({ earlier: later, later: earlier, proof, trust })).toBe(false);
      }
    }
    for (const [first, second] of [
      [2, 1],
      [0, 10],
      [-1, 3],
      [0.5, 1],
    ] as const)
      // prettier-ignore
      await expect(opened.consistency(first, second)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('writes one checkpoint for all that came at once, and none for what it had already', async () => {
    const opened = await open();
    const entries = someEntries(50);
    const anchors = await Promise.all(entries.map((entry) => opened.anchor(entry)));
    expect(new Set(anchors.map(({ index }) => index)).size).toBe(50);
    expect(new Set(anchors.map(({ treeSize }) => treeSize)).size).toBeLessThan(10);
    const checkpoint = await opened.latestCheckpoint();
    await Promise.all(entries.map((entry) => opened.anchor(entry)));
    expect(await opened.latestCheckpoint()).toBe(checkpoint);
  });

  it('audits the whole log, while it goes on anchoring', async () => {
    const opened = await open();
    await Promise.all(someEntries(2500).map((entry) => opened.anchor(entry)));
    const [audit] = await Promise.all([opened.audit(), ...someEntries(20).map((entry) => opened.anchor(entry))]);
    expect(audit.firstBad).toBeUndefined();
    expect(audit.checked).toBeGreaterThanOrEqual(2500);
    expect(await opened.audit()).toEqual({ checked: 2520 });
  });

  it('is unavailable while there is no room, keeps what it has, and goes on when there is', async () => {
    const full = await open({ fileBytesMax: 400_000 });
    const kept = [];
    let refusal: unknown;
    while (refusal === undefined) {
      const answers = await Promise.allSettled(someEntries(20).map((entry) => full.anchor(entry)));
      for (const one of answers) if (one.status === 'fulfilled') kept.push(one.value);
      refusal = answers.find(({ status }) => status === 'rejected');
    }
    expect(refusal).toMatchObject({ reason: { name: 'Unavailable', dependency: 'ledger' } });
    expect(kept.length).toBeGreaterThan(100);
    const roomy = await open({ fileBytesMax: 4_000_000 });
    expect(await Promise.all(kept.map(({ batchId }) => roomy.find(batchId)))).toEqual(kept);
    await roomy.anchor(someEntry());
    expect(await roomy.audit()).toEqual({ checked: kept.length + 1 });
  });

  it('speaks of a log under one operator, and of nothing grander', async () => {
    const opened = await filled(2);
    const anchor = await opened.anchor(someEntry());
    const evidence = await opened.prove(anchor);
    const known = verifyAnchor({ evidence, trust: opened.trust });
    expect(known).toMatchObject({ ledger: 'log', trustModel: 'single-operator-log', index: 2, treeSize: 3 });
    expect(describeVerdict(known)).toMatch(
      /entry 2 of the 3 that the log .*, kept by one operator, signed with the trus/,
    );
    const fingerprint = keyFingerprint(opened.trust.vkey);
    expect(describeVerdict(verifyAnchor({ evidence }))).toContain(`itself supplied (SHA-256 ${fingerprint})`);
    expect(JSON.stringify(known) + describeVerdict(known)).not.toMatch(/block/i);
  });

  it('is not believed under the key of another log', async () => {
    const opened = await filled(1);
    const evidence = await opened.prove(await opened.anchor(someEntry()));
    const elsewhere = await mkdtemp(join(tmpdir(), 'anamnesis-ledger-'));
    const other = await openLogLedger({ directory: elsewhere, origin: opened.trust.origin });
    const verdict = verifyAnchor({ evidence, trust: other.trust });
    expect(verdict).toMatchObject({ verdict: 'mismatch', reason: 'untrusted-key' });
    // The other key under this log's name, in the bundle too: the signature is still not its own.
    const posing = verifyAnchor({ evidence: { ...evidence, verifierKey: other.trust.vkey }, trust: other.trust });
    expect(posing).toMatchObject({ verdict: 'mismatch', reason: 'bad-signature' });
    await other.close();
    await rm(elsewhere, { recursive: true });
  });
});
