import { status } from '@grpc/grpc-js';
import { StatusCode } from '@hyperledger/fabric-gateway';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { someEntries, someEntry } from '../ledger.conformance.js';
import type { FabricBatch } from './evidence/held-batch.js';
import { type FabricLedger, openFabricLedger } from './fabric-ledger.js';
import type { FabricTrouble } from './fabric-options.js';
import { Failure } from './imitation/failure.js';
import type { Call } from './imitation/imitation.js';
import { type StartedImitation, startImitation } from './imitation/start-imitation.js';
import { KeptSubmissions } from './testing/kept-submissions.js';

jest.setTimeout(180_000);

const unavailable = new Failure(status.UNAVAILABLE, 'connection lost');
const late = new Failure(status.DEADLINE_EXCEEDED, 'deadline');
const planless = new Failure(status.FAILED_PRECONDITION, 'no combination of peers');
const refusing = (words: string) => new Failure(status.ABORTED, 'failed to endorse', words);

describe("faults on the imitation of Fabric's gateway", () => {
  let started: StartedImitation;
  let submissions: KeptSubmissions;
  let troubles: FabricTrouble[];
  let ledger: FabricLedger;

  beforeAll(async () => {
    started = await startImitation();
  });
  afterAll(() => started.stop());
  beforeEach(async () => {
    [submissions, troubles] = [new KeptSubmissions(), []];
    const report = (trouble: FabricTrouble) => troubles.push(trouble);
    ledger = openFabricLedger({ ...(await started.account()), submissions, report });
  });
  afterEach(async () => {
    for (const faults of Object.values(started.imitation.faults)) faults.length = 0;
    await ledger.close();
  });

  function fail(call: Call, failure: Failure, times: number): void {
    for (let count = 0; count < times; count++) started.imitation.faults[call].push({ failure });
  }

  it.each([
    ['the request is lost before it is ordered', 'submit', unavailable],
    ['no quorum can be had for a while', 'endorse', planless],
    ['the chaincode is away for a while', 'endorse', refusing('could not launch chaincode anchor_1')],
    ['a peer is a block behind', 'endorse', refusing('ProposalResponsePayloads do not match')],
    ['the gateway is overloaded', 'endorse', new Failure(status.UNKNOWN, 'too many requests')],
    ['the peer cannot be read for a while', 'evaluate', unavailable],
  ] as const)('anchors with one transaction when %s, and says so', async (_, call, failure) => {
    const entry = someEntry();
    fail(call, failure, 2);
    const anchor = await ledger.anchor(entry);
    expect(submissions.saves).toBe(1);
    expect(anchor.transactionId).toBe(submissions.entries.get(entry.batchId)?.transactionId);
    expect(troubles).toMatchObject([{ needsPerson: false, batchId: entry.batchId }, { needsPerson: false }]);
  });

  it('asks the peer, and sends the same bytes again, when an answer or a status is lost', async () => {
    const entry = someEntry();
    started.imitation.faults.submit.push({ failure: unavailable, acts: true });
    fail('commitStatus', late, 2);
    const anchor = await ledger.anchor(entry);
    expect(submissions.saves).toBe(1);
    expect(anchor.transactionId).toBe(submissions.entries.get(entry.batchId)?.transactionId);
  });

  it.each([
    ['INVALID: size', 'invalid-evidence'],
    ['CONFLICT: other content', 'anchor-conflict'],
    ['FORBIDDEN: no client', 'forbidden'],
  ])('takes "%s" of the chaincode for final', async (words, code) => {
    fail('endorse', refusing(`chaincode response 500, ${words}`), 1);
    await expect(ledger.anchor(someEntry())).rejects.toMatchObject({ name: 'Rejected', code });
    expect(submissions.saves).toBe(0);
    expect(troubles).toEqual([]);
  });

  it('takes a denied access for final', async () => {
    fail('endorse', refusing('error validating proposal: access denied: creator org unknown'), 1);
    await expect(ledger.anchor(someEntry())).rejects.toMatchObject({ name: 'Rejected', code: 'forbidden' });
  });

  it('gives up endorsing after some attempts, names the step, and anchors when it is called again', async () => {
    const entry = someEntry();
    fail('endorse', unavailable, 6);
    await expect(ledger.anchor(entry)).rejects.toThrow(/endorse: gave up after 6 attempts: .*connection lost/);
    expect(submissions.saves).toBe(0);
    expect(await ledger.anchor(entry)).toMatchObject({ batchId: entry.batchId });
  });

  it('leaves the unknown unknown, and settles it by the same call with the same transaction', async () => {
    const entry = someEntry();
    fail('submit', unavailable, 6);
    const failing = ledger.anchor(entry);
    await expect(failing).rejects.toThrow(Unavailable);
    await expect(failing).rejects.toThrow(/submit: unknown whether transaction [0-9a-f]{64} counts/);
    const saved = submissions.entries.get(entry.batchId);
    expect(await ledger.anchor(entry)).toMatchObject({ transactionId: saved?.transactionId });
    expect(submissions.saves).toBe(1);
  });

  it('makes a new transaction when the first lost against another writer', async () => {
    const entry = someEntry();
    started.imitation.channel.nextVerdict = StatusCode.MVCC_READ_CONFLICT;
    const anchor = await ledger.anchor(entry);
    expect(submissions.saves).toBe(2);
    expect(anchor.transactionId).toBe(submissions.entries.get(entry.batchId)?.transactionId);
  });

  it('leaves a transaction that was invalidated for another reason to a person', async () => {
    const entry = someEntry();
    started.imitation.channel.nextVerdict = StatusCode.ENDORSEMENT_POLICY_FAILURE;
    for (let call = 0; call < 2; call++) {
      const failing = ledger.anchor(entry);
      await expect(failing).rejects.toThrow(Unavailable);
      await expect(failing).rejects.toThrow(/invalid \(ENDORSEMENT_POLICY_FAILURE\).* remove its saved submission/);
    }
    expect(submissions.saves).toBe(1);
    expect(troubles).toMatchObject([{ needsPerson: true }, { needsPerson: true }]);
    submissions.entries.delete(entry.batchId);
    expect(await ledger.anchor(entry)).toMatchObject({ batchId: entry.batchId });
  });

  it('waits for a peer that does not hold the batch yet when it is asked to confirm', async () => {
    const anchor = await ledger.anchor(someEntry());
    fail('endorse', refusing('chaincode response 500, NOT_FOUND: no such batch'), 2);
    expect(await ledger.prove(anchor)).toMatchObject({ ledger: 'fabric' });
    expect(troubles).toMatchObject([{ step: 'confirm' }, { step: 'confirm' }]);
  });

  it.each([
    ['without the role of a peer', { role: 'client', validity: {}, words: /without the role peer/ }],
    ['that has ended', { role: 'peer', validity: { toDays: -0.5 }, words: /not in force/ }],
    ['that is not in force yet', { role: 'peer', validity: { fromDays: 1 }, words: /not in force/ }],
  ] as const)('hands out no evidence endorsed with a certificate %s', async (_, { role, validity, words }) => {
    const [endorser] = started.imitation.endorsers;
    if (endorser === undefined) throw new Error('nobody endorses');
    const genuine = endorser.identity;
    endorser.identity = await started.organisations.HospitalA.issue(role, validity);
    try {
      await expect(ledger.prove(await ledger.anchor(someEntry()))).rejects.toThrow(words);
    } finally {
      endorser.identity = genuine;
    }
  });

  it('follows on after its line was lost, and tells of nothing twice', async () => {
    const told: FabricBatch[] = [];
    const ending = new AbortController();
    const apply = (batch: FabricBatch) => Promise.resolve(void told.push(batch));
    const following = ledger.follow({ checkpoint: undefined, apply, signal: ending.signal });
    for (const entry of someEntries(4)) {
      await ledger.anchor(entry);
      await until(() => told.some((one) => one.entry.batchId === entry.batchId));
      started.imitation.dropFollowers();
    }
    ending.abort();
    await following;
    const ids = told.map(({ entry }) => entry.batchId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(troubles.filter(({ step }) => step === 'follow').length).toBeGreaterThan(0);
  });

  it('keeps no more entries in flight than it may', async () => {
    const few = openFabricLedger({ ...(await started.account()), submissions, inFlightMax: 2 });
    const { imitation } = started;
    imitation.channel.isPaused = true;
    const { submit, endorse } = imitation.calls;
    const anchoring = someEntries(6).map((entry) => few.anchor(entry));
    await until(() => imitation.calls.submit === submit + 2);
    expect(imitation.calls.endorse).toBe(endorse + 2);
    imitation.channel.isPaused = false;
    expect(await Promise.all(anchoring)).toHaveLength(6);
    expect(submissions.saves).toBe(6);
    await few.close();
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((turn) => setTimeout(turn, 10));
}
