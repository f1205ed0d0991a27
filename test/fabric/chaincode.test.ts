import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '@hyperledger/fabric-gateway';
import { gateway as messages, peer as peerMessages } from '@hyperledger/fabric-protos';
import { findFabric, type FabricNetwork, startFabric } from '../../deploy/fabric/network.mjs';
import { type Write, writesOf } from './blocks.js';
import { FabricClients, peerOptions, refusalOf } from './client.js';

const fabric = findFabric();
if ('missing' in fabric) process.stderr.write(`SKIPPED: FABRIC SUITE test/fabric/chaincode: ${fabric.missing}\n`);

const root = 'ab'.repeat(32);
const otherRoot = 'cd'.repeat(32);
const first = '0'.repeat(64);
const newId = (): string =>
  [...randomBytes(32)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(byte % 32)).join('');
const keyOf = (org: string, batchId: string): string => `\u0000batch\u0000${org}\u0000${batchId}\u0000`;

interface Batch {
  readonly org: string;
  readonly batchId: string;
  readonly root: string;
  readonly txId: string;
}

('missing' in fabric ? describe.skip : describe)('chaincode anchor on Fabric', () => {
  let directory: string;
  let network: FabricNetwork;
  let clients: FabricClients;
  let hospitalA: Contract;
  let hospitalB: Contract;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'anamnesis fabric-'));
    network = await startFabric({ directory });
    connectClients();
  }, 300_000);

  afterAll(async () => {
    clients.close();
    await network.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  function connectClients(): void {
    clients = new FabricClients(network);
    hospitalA = clients.contract({ organisation: 'HospitalA' });
    hospitalB = clients.contract({ organisation: 'HospitalB' });
  }

  async function anchor(
    contract: Contract,
    batchId: string,
    batchRoot = root,
  ): Promise<{ duplicate: boolean; txId: string }> {
    const answer = await contract.submitTransaction('anchor:AnchorBatch', batchId, batchRoot, '10', first);
    return parse(answer) as { duplicate: boolean; txId: string };
  }

  async function get(contract: Contract, org: string, batchId: string): Promise<Batch> {
    return parse(await contract.evaluateTransaction('anchor:GetBatch', org, batchId)) as Batch;
  }

  async function writesUnder(org: string, batchId: string): Promise<Write[]> {
    const writes = await writesOf(clients.gateway({ organisation: 'HospitalA' }), 'c1', 'anchor');
    return writes.filter(({ key }) => key === keyOf(org, batchId));
  }

  it('anchors a batch, endorsed by two hospitals, and every hospital reads it', async () => {
    const batchId = newId();
    const { duplicate, txId } = await anchor(hospitalA, batchId);
    expect(duplicate).toBe(false);
    const expected = { org: 'HospitalA', batchId, root, size: 10, previousRoot: first, txId };
    expect(await get(hospitalA, 'HospitalA', batchId)).toMatchObject(expected);
    await until(() => get(hospitalB, 'HospitalA', batchId));
    expect(await get(hospitalB, 'HospitalA', batchId)).toMatchObject(expected);
    const [write] = await writesUnder('HospitalA', batchId);
    expect(write).toMatchObject({ txId, isValid: true });
    expect(new Set(write?.endorsers).size).toBe(2);
  });

  it('answers the same batch again with the first transaction, and refuses the id with another root', async () => {
    const batchId = newId();
    const { txId } = await anchor(hospitalA, batchId);
    expect(await anchor(hospitalA, batchId)).toEqual({ duplicate: true, txId });
    expect(await refusalOf(anchor(hospitalA, batchId, otherRoot))).toContain(
      'CONFLICT: this batch is anchored with other content',
    );
    expect((await get(hospitalA, 'HospitalA', batchId)).root).toBe(root);
    expect(await writesUnder('HospitalA', batchId)).toHaveLength(1);
  });

  it('keeps what two organisations anchor under one id apart', async () => {
    const batchId = newId();
    await anchor(hospitalA, batchId);
    await anchor(hospitalB, batchId, otherRoot);
    expect((await get(hospitalB, 'HospitalB', batchId)).root).toBe(otherRoot);
    expect((await get(hospitalA, 'HospitalA', batchId)).root).toBe(root);
    expect(await writesUnder('HospitalA', batchId)).toHaveLength(1);
  });

  it('makes one valid write of several submissions of one batch at the same time', async () => {
    const batchId = newId();
    const endorsed = await Promise.all(
      Array.from({ length: 4 }, () =>
        hospitalA.newProposal('anchor:AnchorBatch', { arguments: [batchId, root, '10', first] }).endorse(),
      ),
    );
    const statuses = await Promise.all(endorsed.map(async (one) => (await one.submit()).getStatus()));
    expect(statuses.map(({ code }) => code).sort()).toEqual([0, 11, 11, 11]); // valid, and three MVCC_READ_CONFLICT
    const writes = await writesUnder('HospitalA', batchId);
    expect(writes.map(({ isValid }) => isValid).sort()).toEqual([false, false, false, true]);
    expect((await anchor(hospitalA, batchId)).duplicate).toBe(true);
  });

  it('tells of a batch in one event, and of a duplicate in none', async () => {
    const gateway = clients.gateway({ organisation: 'HospitalB' });
    const events = await gateway.getNetwork('c1').getChaincodeEvents('anchor', { startBlock: 0n });
    const [one, two] = [newId(), newId()];
    await anchor(hospitalA, one);
    await anchor(hospitalA, one);
    await anchor(hospitalA, two);
    const told: string[] = [];
    for await (const { eventName, payload } of events) {
      const batch = parse(payload) as Batch;
      expect([eventName, batch.org]).toEqual(['BatchAnchored', expect.any(String)]);
      told.push(batch.batchId);
      if (batch.batchId === two) break;
    }
    events.close();
    expect(told.filter((batchId) => batchId === one)).toHaveLength(1);
  });

  it('lists every batch of an organisation once, page by page', async () => {
    const gateway = clients.gateway({ organisation: 'HospitalA' });
    const seen: string[] = [];
    let bookmark = '';
    do {
      const bytes = await hospitalA.evaluateTransaction('anchor:ListBatches', 'HospitalA', '2', bookmark);
      const page = parse(bytes) as { batches: Batch[]; bookmark: string };
      seen.push(...page.batches.map(({ org, batchId }) => keyOf(org, batchId)));
      ({ bookmark } = page);
    } while (bookmark);
    const written = (await writesOf(gateway, 'c1', 'anchor')).filter(
      ({ key, isValid }) => isValid && key.startsWith(keyOf('HospitalA', '').slice(0, -1)),
    );
    expect(seen).toEqual(written.map(({ key }) => key).sort());
    expect(seen.length).toBeGreaterThan(3);
  });

  it('lists nothing of an organisation that has anchored nothing', async () => {
    const hospitalC = clients.contract({ organisation: 'HospitalC' });
    const page = await hospitalC.evaluateTransaction('anchor:ListBatches', 'HospitalC', '2', '');
    expect(parse(page)).toEqual({ batches: [], bookmark: '' });
  });

  it("serves no administrator's identity", async () => {
    const asAdmin = clients.contract({ organisation: 'HospitalA', user: 'Admin' });
    expect(await refusalOf(anchor(asAdmin, newId()))).toContain('FORBIDDEN: the caller is no client identity');
    expect(await refusalOf(get(asAdmin, 'HospitalA', newId()))).toContain('FORBIDDEN');
  });

  it('refuses arguments out of their pattern, one too many and transient data, and repeats nothing of them', async () => {
    const marker = 'DOE^JOHN';
    const values: [reason: string, values: string[], transient?: Record<string, string>][] = [
      ['batchId', [marker, root, '10', first]],
      ['root', [newId(), marker, '10', first]],
      ['size', [newId(), root, marker, first]],
      ['previousRoot', [newId(), root, '10', marker]],
      ['4 arguments are wanted', [newId(), root, '10', first, marker]],
      ['no transient data is taken', [newId(), root, '10', first], { [marker]: marker }],
    ];
    for (const [reason, args, transientData = {}] of values) {
      const proposal = hospitalA.newProposal('anchor:AnchorBatch', { arguments: args, transientData });
      const words = await refusalOf(proposal.endorse());
      expect(words).toContain(`INVALID: ${reason}`);
      expect(words).not.toContain(marker);
    }
    const unknown = await refusalOf(hospitalA.evaluateTransaction(`anchor:${marker}`, marker));
    expect(unknown).toContain('INVALID: no such transaction');
    expect(unknown).not.toContain(marker);
  });

  it('is given the same endorsement, byte for byte, by the peers of all hospitals', async () => {
    const gateway = clients.gateway({ organisation: 'HospitalA' });
    const proposal = hospitalA.newProposal('anchor:AnchorBatch', { arguments: [newId(), root, '10', first] });
    // An evaluation signs the proposal; then its bytes carry the signature to whoever is asked.
    await proposal.evaluate();
    const signed = messages.ProposedTransaction.deserializeBinary(proposal.getBytes()).getProposal();
    gateway.close();
    if (!signed) throw new Error('the proposal has no signature');
    const responses = await Promise.all(
      ['HospitalA', 'HospitalB', 'HospitalC'].map((organisation) => processProposal(organisation, signed)),
    );
    expect(responses.map((response) => response.getResponse()?.getStatus())).toEqual([200, 200, 200]);
    expect(new Set(responses.map((response) => response.getPayload_asB64())).size).toBe(1);
  });

  function processProposal(
    organisation: string,
    signed: peerMessages.SignedProposal,
  ): Promise<peerMessages.ProposalResponse> {
    const endorser = new peerMessages.EndorserClient(
      clients.address(organisation),
      clients.tls(organisation),
      peerOptions,
    );
    return new Promise((resolve, reject) => {
      endorser.processProposal(signed, { deadline: Date.now() + 20_000 }, (error, response) => {
        endorser.close();
        if (response) resolve(response);
        else reject(error ?? new Error('no answer'));
      });
    });
  }

  it('takes no write that one hospital alone has endorsed', async () => {
    const batchId = newId();
    const options = { arguments: [batchId, root, '10', first], endorsingOrganizations: ['HospitalA'] };
    const endorsed = await hospitalA.newProposal('anchor:AnchorBatch', options).endorse();
    const status = await (await endorsed.submit()).getStatus();
    expect(status.code).toBe(10); // ENDORSEMENT_POLICY_FAILURE
    expect(await refusalOf(get(hospitalA, 'HospitalA', batchId))).toContain('NOT_FOUND: no such batch');
  });

  it('goes on with two of three hospitals, and with the third when its chaincode is back', async () => {
    await network.kill('HospitalC-cc');
    await anchor(hospitalA, newId());
    await network.start('HospitalC-cc');
    const hospitalC = clients.contract({ organisation: 'HospitalC' });
    await until(() => anchor(hospitalC, newId()));
  });

  it('speaks to nobody but its own peer', async () => {
    const port = Number(clients.address('HospitalA').split(':')[1]) + 3;
    await expect(
      new Promise((resolve, reject) => {
        const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.write('x'));
        socket.once('error', reject).once('data', resolve).once('end', resolve);
      }),
    ).rejects.toThrow(/certificate required|ECONNRESET|EPIPE/);
  });

  describe('an organisation outside a channel', () => {
    it('is refused queries, proposals, events and blocks by the peers of its members', async () => {
      const batchId = newId();
      await anchor(hospitalA, batchId);
      const outside = clients.gateway({ organisation: 'Regulator', at: 'HospitalA' }).getNetwork('c1');
      const contract = outside.getContract('anchor');
      const proposal = contract.newProposal('anchor:AnchorBatch', { arguments: [newId(), root, '10', first] });
      const refusals = await Promise.all(
        [
          get(contract, 'HospitalA', batchId),
          proposal.endorse(),
          outside.getContract('qscc').evaluateTransaction('GetChainInfo', 'c1'),
          firstOf(outside.getChaincodeEvents('anchor', { startBlock: 0n })),
          firstOf(outside.getBlockEvents({ startBlock: 0n })),
          firstOf(outside.getFilteredBlockEvents({ startBlock: 0n })),
        ].map(refusalOf),
      );
      for (const refusal of refusals) expect(refusal).toMatch(/denied|403/i);
    });

    it('is refused blocks by the orderers, and its own peer does not know the channel', async () => {
      const orderer = ['-o', `127.0.0.1:${String(network.description.basePort + 10)}`, '--tls', '--cafile'];
      const ca = join(directory, 'crypto/ordererOrganizations/ordering.test/orderers/o1.ordering.test/tls/ca.crt');
      const fetch = ['channel', 'fetch', 'newest', join(directory, 'fetched.block'), ...orderer, ca];
      expect(await refusalOf(network.asAdmin('Regulator', ...fetch, '-c', 'c1'))).toMatch(/FORBIDDEN/);
      await network.asAdmin('Regulator', ...fetch, '-c', 'c2');
      const known = await network.asAdmin('Regulator', 'channel', 'list');
      expect(known.split('\n').map((line) => line.trim())).toEqual(expect.arrayContaining(['c2']));
      expect(known).not.toMatch(/^c1$/m);
      const own = clients.contract({ organisation: 'Regulator' }, 'c1');
      expect(await refusalOf(get(own, 'HospitalA', newId()))).not.toMatch(/NOT_FOUND/);
    });

    it('takes part in the channel it is a member of', async () => {
      const batchId = newId();
      await anchor(clients.contract({ organisation: 'HospitalA' }, 'c2'), batchId);
      const regulator = clients.contract({ organisation: 'Regulator' }, 'c2');
      await until(() => get(regulator, 'HospitalA', batchId));
      await anchor(regulator, batchId, otherRoot);
      expect((await get(regulator, 'HospitalA', batchId)).root).toBe(root);
    });
  });

  it('has every batch again when the whole network was stopped and started', async () => {
    const batchId = newId();
    const { txId } = await anchor(hospitalA, batchId);
    clients.close();
    await network.stop();
    network = await startFabric({ directory });
    connectClients();
    expect((await get(hospitalA, 'HospitalA', batchId)).txId).toBe(txId);
    expect(await anchor(hospitalA, batchId)).toEqual({ duplicate: true, txId });
    expect((await anchor(hospitalA, newId())).duplicate).toBe(false);
  }, 300_000);
});

const parse = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

/** The first of what a stream gives: for an outsider it must be an error. */
async function firstOf<T>(stream: Promise<AsyncIterable<T>>): Promise<T | undefined> {
  for await (const one of await stream) return one;
  return undefined;
}

/** Another peer is behind for a moment: asks again until it answers. */
async function until(ask: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(50);
    }
  }
}
