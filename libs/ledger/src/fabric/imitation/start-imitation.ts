import { parseFabricTrust, type FabricRole, type FabricTrust } from '../trust/fabric-trust.js';
import type { FabricAccount } from '../fabric-options.js';
import { readFabricTrust } from '../trust/fetch-fabric-trust.js';
import { Imitation } from './imitation.js';
import { Organisation, type IssueOptions } from './organisation.js';
import { startChaincode } from './start-chaincode.js';

export interface StartedImitation {
  readonly imitation: Imitation;
  readonly address: string;
  readonly organisations: Readonly<Record<'HospitalA' | 'HospitalB' | 'Ordering', Organisation>>;
  /** A fresh identity of the organisation. */
  account(mspId?: 'HospitalA' | 'HospitalB', role?: FabricRole, options?: IssueOptions): Promise<FabricAccount>;
  /** As a verifier is given it: through a file. */
  trust(): Promise<FabricTrust>;
  stop(): Promise<void>;
}

/** Two hospitals that both must endorse, one ordering organisation, and the real chaincode. */
export async function startImitation(): Promise<StartedImitation> {
  const [HospitalA, HospitalB, Ordering] = (await Promise.all(
    (['HospitalA', 'HospitalB', 'Ordering'] as const).map((mspId) => Organisation.make(mspId)),
  )) as [Organisation, Organisation, Organisation];
  const chaincode = await startChaincode();
  const members = [HospitalA, HospitalB];
  const endorsers = members.map(async (one) => ({ mspId: one.mspId, identity: await one.issue('peer') }));
  const imitation = new Imitation({
    ...{ channel: 'c1', chaincode: 'anchor', chaincodeAddress: chaincode.address, quorum: 2 },
    ...{ members, ordering: Ordering, endorsers: await Promise.all(endorsers) },
    orderer: { mspId: 'Ordering', identity: await Ordering.issue('orderer') },
  });
  const address = await imitation.start();
  const account: StartedImitation['account'] = async (mspId = 'HospitalA', role = 'client', options = {}) => ({
    ...{ channel: 'c1', chaincode: 'anchor', peer: address, mspId },
    ...(await { HospitalA, HospitalB }[mspId].issue(role, options)),
  });
  return {
    ...{ imitation, address, account },
    organisations: { HospitalA, HospitalB, Ordering },
    trust: async () => parseFabricTrust(JSON.parse(JSON.stringify(await readFabricTrust(await account())))),
    async stop() {
      imitation.stop();
      await chaincode.stop();
    },
  };
}
