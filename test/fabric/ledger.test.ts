import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import {
  type FabricAccount,
  type FabricBatch,
  type FabricTrouble,
  type FabricTrust,
  fetchFabricTrust,
  openLedger,
  parseFabricTrust,
  verifyAnchor,
} from '@anamnesis/ledger';
import { findFabric, type FabricNetwork, startFabric } from '../../deploy/fabric/network.mjs';
import { channelConformance, KeptSubmissions } from '../../libs/ledger/src/fabric/channel.conformance.js';
import { ledgerConformance, someEntry } from '../../libs/ledger/src/ledger.conformance.js';
import { affiliatedClient } from './affiliated.js';
import { type Fault, leaderOf, outageUnderLoad } from './outage.js';

const fabric = findFabric();
if ('missing' in fabric) process.stderr.write(`SKIPPED: FABRIC SUITE test/fabric/ledger: ${fabric.missing}\n`);

jest.setTimeout(240_000);

/** One network for all: three orderers, three hospitals on c1. */
('missing' in fabric ? describe.skip : describe)('on Fabric', () => {
  let directory: string;
  let network: FabricNetwork;
  let trust: FabricTrust;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'anamnesis-ledger-'));
    network = await startFabric({ directory });
    trust = await trustNow();
  }, 300_000);
  afterAll(async () => {
    await network.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  interface Whose {
    readonly user?: 'User1' | 'Admin';
    /** Whose peer is spoken to; the organisation's own unless said. */
    readonly at?: string;
    readonly channel?: string;
  }

  function account(organisation = 'HospitalA', { user = 'User1', at = organisation, channel = 'c1' }: Whose = {}) {
    const { mspId, certificateFile, keyFile } = network.identity(organisation, user);
    const peer = network.description.organisations[at];
    return {
      ...{ channel, chaincode: 'anchor', mspId, peer: peer?.peer ?? '' },
      peerTlsCa: readFileSync(peer?.tlsRoot ?? '', 'utf8'),
      certificate: readFileSync(certificateFile, 'utf8'),
      privateKey: readFileSync(keyFile, 'utf8'),
    } satisfies FabricAccount;
  }

  /** As a verifier is given it: through a file. */
  async function trustNow(): Promise<FabricTrust> {
    return parseFabricTrust(JSON.parse(JSON.stringify(await fetchFabricTrust(account()))));
  }

  const open = (one: FabricAccount, report?: (trouble: FabricTrouble) => void) =>
    openLedger({ backend: 'fabric', ...one, submissions: new KeptSubmissions(), report });

  ledgerConformance('Fabric', () => {
    const submissions = new KeptSubmissions();
    return Promise.resolve({
      open: () => openLedger({ backend: 'fabric', ...account(), submissions }),
      trust: () => Promise.resolve(trust),
      dispose: () => Promise.resolve(),
      flips: 'one bit of every byte',
    });
  });

  channelConformance('Fabric', () => ({
    account: (mspId = 'HospitalA', role = 'client') =>
      Promise.resolve(account(mspId, { user: role === 'admin' ? 'Admin' : 'User1' })),
    trust: () => Promise.resolve(trust),
  }));

  it('names two of the three hospitals as its quorum, and the ordering organisation', () => {
    expect(trust).toMatchObject({ channel: 'c1', quorum: 2, orderers: ['Ordering'], configBlock: 0 });
    expect(trust.endorsers).toEqual(['HospitalA', 'HospitalB', 'HospitalC']);
  });

  it('takes a client whose authority writes an affiliation beside its role, and proves what it anchors', async () => {
    const users = network.description.organisations['HospitalA']?.users ?? '';
    const affiliated = { ...account(), ...(await affiliatedClient(join(users, '..', 'ca'))) };
    const ledger = await openLedger({ backend: 'fabric', ...affiliated, trust, submissions: new KeptSubmissions() });
    const evidence = await ledger.prove(await ledger.anchor(someEntry()));
    expect(verifyAnchor({ evidence, trust })).toMatchObject({ verdict: 'valid', mspId: 'HospitalA' });
    await ledger.close();
  });

  it('refuses a stranger to the channel everything, and lets it take part where it is a member', async () => {
    const outside = await open(account('Regulator', { at: 'HospitalA' }));
    await expect(outside.anchor(someEntry())).rejects.toMatchObject({ name: 'Rejected', code: 'forbidden' });
    // What it holds it asks its own peers, and none of them is in the channel.
    await expect(outside.find(someEntry().batchId)).rejects.toMatchObject({ name: 'Unavailable' });
    await outside.close();
    const inside = await open(account('Regulator', { channel: 'c2' }));
    const evidence = await inside.prove(await inside.anchor(someEntry()));
    await inside.close();
    const regulated = await fetchFabricTrust(account('HospitalA', { channel: 'c2' }));
    // The regulator is a member whose endorsement does not count.
    expect(regulated).toMatchObject({ quorum: 2, endorsers: ['HospitalA', 'HospitalB', 'HospitalC'] });
    expect(verifyAnchor({ evidence, trust: regulated })).toMatchObject({ verdict: 'valid', mspId: 'Regulator' });
  });

  describe('outages', () => {
    const anchored: string[] = [];
    const faults: readonly (readonly [string, (network: FabricNetwork) => Promise<Fault>])[] = [
      ['the leading orderer', async (one) => ({ names: [await leaderOf(one)], downMs: 5_000 })],
      ["another hospital's peer", () => Promise.resolve({ names: ['HospitalB'], downMs: 3_000 })],
      ['the own peer', () => Promise.resolve({ names: ['HospitalA'], downMs: 3_000 })],
      ["the own peer's chaincode", () => Promise.resolve({ names: ['HospitalA-cc'], downMs: 3_000 })],
      ['every orderer', () => Promise.resolve({ names: ['o1', 'o2', 'o3'], downMs: 8_000 })],
    ];

    it.each(faults)('goes on by itself after %s was killed and came back', async (name, fault) => {
      const troubles = new Map<string, number>();
      const ledger = await open(account(), ({ step, message }) => {
        const what = `${step} ${message.replaceAll(/[0-9a-f]{64}/g, '…').slice(0, 90)}`;
        troubles.set(what, (troubles.get(what) ?? 0) + 1);
      });
      const outage = await outageUnderLoad(network, await fault(network), async () => {
        const entry = someEntry();
        anchored.push(entry.batchId);
        await untilAnchored(() => ledger.anchor(entry));
      });
      await ledger.close();
      const seen = [...troubles].map(([what, count]) => `\n    ${count} x ${what}`).join('');
      process.stdout.write(`Fabric without ${name}: ${outage}${seen}\n`);
    });

    /** As the ledger writer does it: the same call until it is settled. */
    async function untilAnchored(act: () => Promise<unknown>): Promise<void> {
      for (;;) {
        try {
          await act();
          return;
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
        }
      }
    }

    it.each(['HospitalA', 'HospitalB', 'HospitalC'])('has lost and doubled nothing, as %s sees it', async (one) => {
      const ledger = await open(account(one));
      const last = someEntry();
      await ledger.anchor(last);
      const times = new Map<string, number>();
      const ending = new AbortController();
      const apply = ({ entry, mspId }: FabricBatch) => {
        if (mspId === 'HospitalA') times.set(entry.batchId, (times.get(entry.batchId) ?? 0) + 1);
        if (entry.batchId === last.batchId) ending.abort();
        return Promise.resolve();
      };
      await ledger.follow({ checkpoint: undefined, apply, signal: ending.signal });
      await ledger.close();
      expect(anchored.length).toBeGreaterThan(0);
      expect(anchored.filter((batchId) => times.get(batchId) !== 1)).toEqual([]);
    });
  });

  it('needs another trust once a hospital has joined, and the old evidence the old one', async () => {
    const ledger = await open(account());
    const before = await ledger.prove(await ledger.anchor(someEntry()));
    await network.join('HospitalD', 'c1');
    const renewed = await trustNow();
    expect(renewed).toMatchObject({ quorum: 3, endorsers: ['HospitalA', 'HospitalB', 'HospitalC', 'HospitalD'] });
    const after = await ledger.prove(await ledger.anchor(someEntry()));
    await ledger.close();
    expect(verifyAnchor({ evidence: before, trust })).toMatchObject({ verdict: 'valid', isKeyTrusted: true });
    expect(verifyAnchor({ evidence: after, trust: renewed })).toMatchObject({ verdict: 'valid', isKeyTrusted: true });
    expect(verifyAnchor({ evidence: before, trust: renewed })).toMatchObject({ reason: 'untrusted-channel' });
    expect(verifyAnchor({ evidence: after, trust })).toMatchObject({ reason: 'untrusted-channel' });
  });
});
