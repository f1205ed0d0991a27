import type { common } from '@hyperledger/fabric-protos';
import { Unavailable } from '@anamnesis/core';
import { attempt, type Attempts } from '../attempts.js';
import type { Connection } from '../connect.js';
import { protos } from '../protos.js';
import { type FabricTrust, trustFingerprint } from './fabric-trust.js';
import { trustFromConfig } from './trust-from-config.js';

const channelPolicy = '/Channel/Application/Endorsement';
/** Configurations that one process remembers; each is asked for again when it is needed again. */
const rememberedMax = 16;

type Asking = Omit<Attempts, 'step'>;

/** The trust of a channel's configurations, each read once from the own peer, or the one that was given, and no other. */
export class ChannelTrust {
  readonly #connection: Connection;
  readonly #given: FabricTrust | undefined;
  readonly #remembered = new Map<number, FabricTrust>();

  constructor(connection: Connection, given: FabricTrust | undefined) {
    this.#connection = connection;
    this.#given = given;
  }

  /** Throws `Unavailable` when that configuration is not the one of the given trust. */
  async at(configBlock: number, asking: Asking): Promise<FabricTrust> {
    if (this.#given !== undefined) return this.#demandGiven(this.#given, configBlock);
    const known = this.#remembered.get(configBlock);
    if (known !== undefined) return known;
    const { system, account } = this.#connection;
    const ask = () => system.evaluateTransaction('GetBlockByNumber', account.channel, String(configBlock));
    const bytes = await attempt(ask, { ...asking, step: 'read' });
    const trust = trustFromConfig(protos().common.Block.deserializeBinary(bytes), account.chaincode);
    if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
    this.#remembered.set(configBlock, trust);
    return trust;
  }

  #demandGiven(given: FabricTrust, configBlock: number): FabricTrust {
    if (given.configBlock === configBlock) return given;
    const fingerprint = trustFingerprint(given);
    const what =
      configBlock > given.configBlock
        ? `the channel's configuration changed in block ${configBlock}; the trust ${fingerprint} is of block ` +
          `${given.configBlock}: agree on the new one with the other members and hand it out`
        : `the batch was ordered under the configuration of block ${configBlock}, before the trust ${fingerprint} of block ` +
          `${given.configBlock}: start with the trust of block ${configBlock} until the batch is proven, then with this one`;
    throw new Unavailable('ledger', `Fabric: ${what}`);
  }
}

/** The trust of the configuration in force now. Throws `Unavailable` when the chaincode has a policy of its own. */
export async function currentTrust({ network, account }: Connection, asking: Asking): Promise<FabricTrust> {
  const { common: messages, peer } = protos();
  const { channel, chaincode } = account;
  const attempts = { ...asking, step: 'read' } as const;
  const query = new peer.lifecycle.QueryChaincodeDefinitionArgs();
  query.setName(chaincode);
  const ask = () =>
    network.getContract('_lifecycle').evaluate('QueryChaincodeDefinition', { arguments: [query.serializeBinary()] });
  const definition = peer.lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(await attempt(ask, attempts));
  const policy = peer.ApplicationPolicy.deserializeBinary(definition.getValidationParameter_asU8());
  if (policy.getChannelConfigPolicyReference() !== channelPolicy)
    throw new Unavailable('ledger', `Fabric: chaincode ${chaincode} is not endorsed under ${channelPolicy}`);
  const askConfig = () => network.getContract('cscc').evaluateTransaction('GetConfigBlock', channel);
  const block: common.Block = messages.Block.deserializeBinary(await attempt(askConfig, attempts));
  return trustFromConfig(block, chaincode);
}
