import { X509Certificate } from 'node:crypto';
import { common, msp } from '@hyperledger/fabric-protos';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { sha256 } from '../evidence/block-header.js';
import { configurationOf, peersPolicy } from '../imitation/config-block.js';
import { Organisation } from '../imitation/organisation.js';
import { whyNotCertified } from './certified.js';
import { endorsementPolicy } from './endorsement-policy.js';
import { type FabricOrganisation, type FabricTrust, parseFabricTrust, trustFingerprint } from './fabric-trust.js';
import { trustFromConfig } from './trust-from-config.js';

let hospitals: readonly Organisation[];
let ordering: Organisation;
let trust: FabricTrust;

beforeAll(async () => {
  hospitals = await Promise.all(['HospitalB', 'HospitalA', 'HospitalC'].map((mspId) => Organisation.make(mspId)));
  ordering = await Organisation.make('Ordering');
  trust = trustFromConfig(configBlock(), 'anchor');
});

function configBlock(number = 7): common.Block {
  const data = new common.BlockData();
  data.addData(configurationOf({ channel: 'c1', members: hospitals, ordering, quorum: 2 }).serializeBinary());
  const header = new common.BlockHeader();
  header.setNumber(number);
  header.setDataHash(sha256(...data.getDataList_asU8()));
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  return block;
}

describe('trust in a channel', () => {
  it('is read from a configuration block, in an order that does not depend on it', () => {
    expect(trust).toMatchObject({ channel: 'c1', chaincode: 'anchor', configBlock: 7, quorum: 2 });
    expect(trust.endorsers).toEqual(['HospitalA', 'HospitalB', 'HospitalC']);
    expect(trust.orderers).toEqual(['Ordering']);
    expect(trust.organisations.map(({ mspId }) => mspId)).toEqual([...trust.endorsers, 'Ordering']);
    expect(parseFabricTrust(JSON.parse(JSON.stringify(trust)))).toEqual(trust);
  });

  it('has one fingerprint, and another one for whatever is different', () => {
    expect(trustFingerprint(trustFromConfig(configBlock(), 'anchor'))).toBe(trustFingerprint(trust));
    expect(trustFingerprint(trustFromConfig(configBlock(8), 'anchor'))).not.toBe(trustFingerprint(trust));
  });

  it('is not read from a block that is not what its header says', () => {
    const block = configBlock();
    block.getHeader()?.setDataHash(new Uint8Array(32));
    expect(() => trustFromConfig(block, 'anchor')).toThrow(Unavailable);
  });

  it('is refused with a member missing, added, malformed or out of order', () => {
    const refusal = expect.objectContaining({ name: 'Rejected', code: 'invalid-evidence' });
    for (const name of Object.keys(trust)) {
      const without = Object.fromEntries(Object.entries(trust).filter(([other]) => other !== name));
      expect(() => parseFabricTrust(without)).toThrow(refusal);
      for (const wrong of [null, -1, 'é', ['é'], {}])
        expect(() => parseFabricTrust({ ...trust, [name]: wrong })).toThrow(refusal);
    }
    const wrong: readonly unknown[] = [
      { ...trust, more: 1 },
      { ...trust, endorsers: [...trust.endorsers].reverse() },
      { ...trust, endorsers: ['HospitalA', 'HospitalA'] },
      { ...trust, organisations: [...trust.organisations].reverse() },
      { ...trust, organisations: trust.organisations.map((one) => ({ ...one, roots: ['AAA'] })) },
      { ...trust, organisations: trust.organisations.map((one) => ({ ...one, roles: { ...one.roles, more: 'x' } })) },
    ];
    for (const one of wrong) expect(() => parseFabricTrust(one)).toThrow(refusal);
  });

  it.each([
    ['keeps a revocation list', (config: msp.FabricMSPConfig) => config.addRevocationList(new Uint8Array(1))],
    [
      'has no roles',
      (config: msp.FabricMSPConfig) => {
        config.clearFabricNodeOus();
      },
    ],
  ])('is refused where an organisation %s', (_, spoil) => {
    expect(() => trustFromConfig(spoiled(spoil), 'anchor')).toThrow(Unavailable);
  });

  function spoiled(spoil: (config: msp.FabricMSPConfig) => unknown): common.Block {
    const block = configBlock();
    const envelope = common.Envelope.deserializeBinary(block.getData()?.getDataList_asU8()[0] ?? new Uint8Array(0));
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8());
    const application = config.getConfig()?.getChannelGroup()?.getGroupsMap().get('Application');
    const value = application?.getGroupsMap().get('HospitalA')?.getValuesMap().get('MSP');
    const outer = msp.MSPConfig.deserializeBinary(value?.getValue_asU8() ?? new Uint8Array(0));
    const inner = msp.FabricMSPConfig.deserializeBinary(outer.getConfig_asU8());
    spoil(inner);
    outer.setConfig(inner.serializeBinary());
    value?.setValue(outer.serializeBinary());
    payload.setData(config.serializeBinary());
    envelope.setPayload(payload.serializeBinary());
    block.getData()?.setDataList([envelope.serializeBinary()]);
    block.getHeader()?.setDataHash(sha256(envelope.serializeBinary()));
    return block;
  }
});

describe('an endorsement policy', () => {
  function withPolicy(group: common.ConfigGroup, rule: common.Policy): common.ConfigGroup {
    const policy = new common.ConfigPolicy();
    policy.setPolicy(rule);
    group.getPoliciesMap().set('Endorsement', policy);
    return group;
  }

  /** A member with the policy "one of my peers", as configtxgen writes it. */
  function member(mspId: string, rule = peersPolicy([{ mspId }], 1)): common.ConfigGroup {
    return withPolicy(new common.ConfigGroup(), rule);
  }

  function implicit(rule: 0 | 1 | 2, members: number): common.ConfigGroup {
    const meta = new common.ImplicitMetaPolicy();
    meta.setSubPolicy('Endorsement');
    meta.setRule(rule);
    const policy = new common.Policy();
    policy.setType(common.Policy.PolicyType.IMPLICIT_META);
    policy.setValue(meta.serializeBinary());
    const group = withPolicy(new common.ConfigGroup(), policy);
    for (let count = 0; count < members; count++) group.getGroupsMap().set(`M${count}`, member(`M${count}`));
    return group;
  }

  const { ANY, ALL, MAJORITY } = common.ImplicitMetaPolicy.Rule;

  it('is read when it counts the members', () => {
    expect(endorsementPolicy(implicit(ANY, 3))).toEqual({ endorsers: ['M0', 'M1', 'M2'], quorum: 1 });
    expect(endorsementPolicy(implicit(ALL, 3)).quorum).toBe(3);
    expect([2, 3, 4, 5].map((members) => endorsementPolicy(implicit(MAJORITY, members)).quorum)).toEqual([2, 2, 3, 3]);
  });

  it('is refused when it is anything else than a number of different organisations', () => {
    const named = (...mspIds: string[]) => mspIds.map((mspId) => ({ mspId }));
    const nested = peersPolicy(named('A', 'B'), 2);
    const envelope = common.SignaturePolicyEnvelope.deserializeBinary(nested.getValue_asU8());
    envelope.getRule()?.getNOutOf()?.getRulesList()[0]?.setNOutOf(new common.SignaturePolicy.NOutOf());
    nested.setValue(envelope.serializeBinary());
    const twoOfOne = implicit(ANY, 1);
    twoOfOne.getGroupsMap().set('M1', member('M1', peersPolicy(named('M1', 'M2'), 1)));
    const refused = [
      withPolicy(new common.ConfigGroup(), peersPolicy(named('A', 'A'), 2)),
      withPolicy(new common.ConfigGroup(), peersPolicy(named('A', 'B'), 0)),
      withPolicy(new common.ConfigGroup(), nested),
      withPolicy(new common.ConfigGroup(), new common.Policy()),
      new common.ConfigGroup(),
      twoOfOne,
    ];
    for (const group of refused) expect(() => endorsementPolicy(group)).toThrow(Unavailable);
  });
});

describe('a certificate', () => {
  const roles = { client: 'client', peer: 'peer', orderer: 'orderer', admin: 'admin' };
  const der = ({ root }: Organisation) => new X509Certificate(root).raw.toString('base64');

  function judge(given: Partial<FabricOrganisation>, leaf: string, role: 'peer' | 'client' = 'peer') {
    const organisation = { mspId: 'HospitalA', roots: [], intermediates: [], roles, ...given };
    const believed: FabricTrust = { ...trust, organisations: [organisation] };
    return whyNotCertified(believed, new X509Certificate(leaf), { mspId: 'HospitalA', role, at: new Date() });
  }

  it('has its role wherever that stands in its name: Fabric CA writes role and affiliation as one part', async () => {
    const root = await Organisation.make('HospitalA');
    const given = { roots: [der(root)] };
    const { certificate } = await root.issue('peer', { affiliation: 'north' });
    expect(judge(given, certificate)).toBeUndefined();
    const { certificate: both } = await root.issue('peer', { affiliation: 'client' });
    for (const role of ['peer', 'client'] as const) expect(judge(given, both, role)).toMatch(/without the role/);
    const { certificate: named } = await root.issue('none', { affiliation: 'x + OU=peer' });
    expect(judge(given, named)).toMatch(/without the role peer/);
  });

  it('must lead through every intermediate authority to a root of its organisation', async () => {
    const [root, other] = [await Organisation.make('HospitalA'), await Organisation.make('HospitalA')];
    const intermediate = await Organisation.make('HospitalA', root);
    const { certificate } = await intermediate.issue('peer');
    const [roots, intermediates] = [[der(root)], [der(intermediate)]];
    expect(judge({ roots, intermediates }, certificate)).toBeUndefined();
    for (const given of [{ roots }, { intermediates }, { roots: [der(other)], intermediates }])
      expect(judge(given, certificate)).toMatch(/trusted root/);
    expect(judge({ roots, intermediates }, certificate, 'client')).toMatch(/without the role client/);
    const { certificate: roleless } = await intermediate.issue('none');
    expect(judge({ roots, intermediates }, roleless)).toMatch(/without the role peer/);
    expect(judge({ roots, intermediates }, intermediate.root)).toMatch(/not in force/);
  });
});
