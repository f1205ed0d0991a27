import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { openLedger } from '../open-ledger.js';
import type { FabricLedgerOptions, FabricTrouble } from './fabric-options.js';
import { Organisation } from './imitation/organisation.js';
import { KeptSubmissions } from './testing/kept-submissions.js';
import type { FabricTrust } from './trust/fabric-trust.js';

describe('opening a Fabric ledger', () => {
  let hospital: Organisation;
  let good: FabricLedgerOptions;
  let trust: FabricTrust;

  beforeAll(async () => {
    hospital = await Organisation.make('HospitalA');
    good = {
      ...{ channel: 'c1', chaincode: 'anchor', peer: '127.0.0.1:7051', mspId: 'HospitalA' },
      ...(await hospital.issue('client')),
      submissions: new KeptSubmissions(),
    };
    trust = {
      ...{ ledger: 'fabric', channel: 'c1', chaincode: 'anchor', configBlock: 0, quorum: 1 },
      ...{ orderers: [], endorsers: ['HospitalA'] },
      organisations: [
        {
          mspId: 'HospitalA',
          roots: [new X509Certificate(hospital.root).raw.toString('base64')],
          intermediates: [],
          roles: { client: 'client', peer: 'peer', orderer: 'orderer', admin: 'admin' },
        },
      ],
    };
  });

  async function open(change: Partial<FabricLedgerOptions>): Promise<void> {
    await (await openLedger({ backend: 'fabric', ...good, ...change })).close();
  }

  async function refusal(change: Partial<FabricLedgerOptions>): Promise<string> {
    const opening = open(change);
    await expect(opening).rejects.toThrow(Unavailable);
    return opening.then(String, (error: unknown) => (error instanceof Error ? error.message : ''));
  }

  it('asks nobody, with trust or without', async () => {
    await open({});
    await open({ trust });
  });

  it('refuses plain text to anything but loopback', async () => {
    for (const peer of ['peer.hospital.example:7051', '10.0.0.1:7051', '127.evil.example:7051'])
      expect(await refusal({ peer })).toMatch(/peerTlsCa is missing: .* in plain text/);
    for (const peer of ['localhost:7051', '127.0.0.2:7051', '[::1]:7051']) await open({ peer });
    expect(await refusal({ peer: 'peer.hospital.example' })).toMatch(/peer is not host:port/);
    expect(await refusal({ peerTlsCa: 'no certificate' })).toMatch(/peerTlsCa cannot be read/);
    await open({ peer: 'peer.hospital.example:7051', peerTlsCa: hospital.root });
  });

  it('refuses a certificate that is not in force, and reports one that ends soon', async () => {
    const ended = await hospital.issue('client', { fromDays: -9, toDays: -1 });
    expect(await refusal(ended)).toMatch(/certificate is in force from .* only/);
    expect(await refusal(await hospital.issue('client', { fromDays: 1 }))).toMatch(/certificate is in force/);
    const troubles: FabricTrouble[] = [];
    const report = (trouble: FabricTrouble) => troubles.push(trouble);
    await open({ ...(await hospital.issue('client', { toDays: 30 })), report });
    expect(troubles).toEqual([]);
    await open({ ...(await hospital.issue('client', { toDays: 3 })), report });
    expect(troubles).toMatchObject([{ step: 'open', needsPerson: true }]);
  });

  it('refuses a key that is not the key of the certificate, or none that Fabric takes', async () => {
    const { privateKey } = await hospital.issue('client');
    expect(await refusal({ privateKey })).toMatch(/privateKey is not the key of the certificate/);
    const { privateKey: other } = generateKeyPairSync('ed25519');
    const pem = other.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(await refusal({ privateKey: pem })).toMatch(/privateKey is not on the curve P-256/);
    expect(await refusal({ privateKey: 'no key' })).toMatch(/privateKey cannot be read/);
    expect(await refusal({ certificate: 'none' })).toMatch(/certificate cannot be read/);
  });

  it('refuses an identity that the trust does not let act for the organisation', async () => {
    const stranger = await (await Organisation.make('HospitalA')).issue('client');
    expect(await refusal({ trust, ...stranger })).toMatch(/not issued under a trusted root/);
    expect(await refusal({ trust, ...(await hospital.issue('admin')) })).toMatch(/without the role client/);
    expect(await refusal({ trust, mspId: 'HospitalB' })).toMatch(/that the channel does not have/);
    expect(await refusal({ trust: { ...trust, channel: 'c2' } })).toMatch(/channel is not the one of the trust/);
    expect(await refusal({ trust: { ...trust, chaincode: 'x' } })).toMatch(/chaincode is not the one of the trust/);
  });

  it('refuses names that are none', async () => {
    expect(await refusal({ channel: 'C 1' })).toMatch(/channel is no name/);
    expect(await refusal({ chaincode: '' })).toMatch(/chaincode is no name/);
    expect(await refusal({ mspId: 'Hospital A' })).toMatch(/mspId is no MSP id/);
  });
});
