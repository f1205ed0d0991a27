import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { findFabric, type FabricNetwork, startFabric } from '../../deploy/fabric/network.mjs';
import { FabricClients, refusalOf } from './client.js';

const fabric = findFabric();
if ('missing' in fabric) process.stderr.write(`SKIPPED: FABRIC SUITE test/fabric/membership: ${fabric.missing}\n`);

const root = 'ab'.repeat(32);
const first = '0'.repeat(64);
const valid = 0;
const endorsementPolicyFailure = 10;
const idOf = (letter: string): string => letter.repeat(32);

/** The tests are one story: a hospital joins a channel in use, takes part, and leaves it. */
('missing' in fabric ? describe.skip : describe)('membership of a channel', () => {
  let directory: string;
  let network: FabricNetwork;
  let clients: FabricClients;
  let hospitalA: Contract;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'anamnesis-membership-'));
    network = await startFabric({ directory, orderers: 1 });
    clients = new FabricClients(network);
    hospitalA = clients.contract({ organisation: 'HospitalA' });
    await anchor(hospitalA, idOf('a'));
  }, 300_000);

  afterAll(async () => {
    clients.close();
    await network.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  async function anchor(contract: Contract, batchId: string): Promise<string> {
    return text(await contract.submitTransaction('anchor:AnchorBatch', batchId, root, '10', first));
  }

  async function read(contract: Contract, org: string, batchId: string): Promise<string> {
    return text(await contract.evaluateTransaction('anchor:GetBatch', org, batchId));
  }

  /** Validation code of a batch endorsed by exactly these organisations. */
  async function codeWhenEndorsedBy(batchId: string, ...endorsingOrganizations: string[]): Promise<number> {
    const options = { arguments: [batchId, root, '10', first], endorsingOrganizations };
    const endorsed = await hospitalA.newProposal('anchor:AnchorBatch', options).endorse();
    return (await (await endorsed.submit()).getStatus()).code;
  }

  it('two of three hospitals suffice before', async () => {
    expect(membersIn(await network.configBlock('c1'))).toEqual(['HospitalA', 'HospitalB', 'HospitalC']);
    expect(await codeWhenEndorsedBy(idOf('b'), 'HospitalA', 'HospitalB')).toBe(valid);
  });

  it('a hospital joins the running network, reads what was anchored before it came, and anchors', async () => {
    await network.join('HospitalD', 'c1');
    expect(membersIn(await network.configBlock('c1'))).toEqual(['HospitalA', 'HospitalB', 'HospitalC', 'HospitalD']);
    const hospitalD = clients.contract({ organisation: 'HospitalD' });
    expect(await read(hospitalD, 'HospitalA', idOf('a'))).toBe(await read(hospitalA, 'HospitalA', idOf('a')));
    await anchor(hospitalD, idOf('a'));
    expect(await read(hospitalD, 'HospitalD', idOf('a'))).toContain('"org":"HospitalD"');
  }, 300_000);

  it('from then on its endorsement counts: three of four, and two no longer suffice', async () => {
    expect(await codeWhenEndorsedBy(idOf('c'), 'HospitalA', 'HospitalB')).toBe(endorsementPolicyFailure);
    expect(await codeWhenEndorsedBy(idOf('d'), 'HospitalA', 'HospitalB', 'HospitalD')).toBe(valid);
  });

  it('what was anchored before is as it was', async () => {
    expect(await anchor(hospitalA, idOf('a'))).toContain('"duplicate":true');
  });

  it('the other channel does not know it', async () => {
    const outside = clients.contract({ organisation: 'HospitalD', at: 'HospitalA' }, 'c2');
    expect(await refusalOf(read(outside, 'HospitalA', idOf('a')))).toMatch(/denied|403/i);
  });

  it('it is told to clients with the others', () => {
    const { organisations } = JSON.parse(readFileSync(network.organisationsFile, 'utf8')) as {
      organisations: { name: string; isDefault: boolean }[];
    };
    expect(organisations.map(({ name }) => name)).toContain('HospitalD');
    expect(organisations.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('when it has left, it is refused, two of three suffice again, and what it anchored stays', async () => {
    await network.leave('HospitalD', 'c1');
    expect(membersIn(await network.configBlock('c1'))).toEqual(['HospitalA', 'HospitalB', 'HospitalC']);
    const outside = clients.contract({ organisation: 'HospitalD', at: 'HospitalA' });
    expect(await refusalOf(read(outside, 'HospitalA', idOf('a')))).toMatch(/denied|403/i);
    expect(await codeWhenEndorsedBy(idOf('e'), 'HospitalA', 'HospitalC')).toBe(valid);
    expect(await read(hospitalA, 'HospitalD', idOf('a'))).toContain('"org":"HospitalD"');
  }, 300_000);
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

function membersIn(configBlock: Uint8Array): string[] {
  const [data] = common.Block.deserializeBinary(configBlock).getData()?.getDataList_asU8() ?? [];
  const envelope = common.Envelope.deserializeBinary(data ?? configBlock);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const channel = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig()?.getChannelGroup();
  const application = channel?.getGroupsMap().get('Application');
  return (application?.getGroupsMap().toArray() ?? []).map(([name]) => name).sort();
}
