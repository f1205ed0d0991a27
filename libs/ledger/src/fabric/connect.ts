import type { KeyObject } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import {
  connect as connectGateway,
  type Contract,
  type Gateway,
  hash,
  type Network,
  type Signer,
} from '@hyperledger/fabric-gateway';
import type { FabricAccount } from './fabric-options.js';
import { nativeSigner } from './signer.js';

/** One line to one peer as one identity, shared by everything of one organisation in this process. */
export interface Connection {
  readonly account: FabricAccount;
  readonly gateway: Gateway;
  readonly network: Network;
  /** The anchor contract. */
  readonly contract: Contract;
  /** The peer's own view of the ledger. */
  readonly system: Contract;
  readonly signer: Signer;
  close(): void;
}

/** Every call has a deadline: without one a lost peer holds its caller for ever. */
export const deadlinesMs = {
  evaluate: 5_000,
  endorse: 15_000,
  submit: 5_000,
  /**
   * How long a transaction stays lost when an orderer accepted it and then died: nothing in Fabric reports that, and only
   * after this time are the bytes sent again. Above the channel's batch timeout.
   */
  status: 5_000,
} as const;

const lineOptions = {
  // A line that died silently is noticed in two minutes; a peer refuses pings more often than its minInterval (60 s).
  'grpc.keepalive_time_ms': 120_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.initial_reconnect_backoff_ms': 250,
  // gRPC's default is two minutes: a peer that is back would wait that long for us.
  'grpc.max_reconnect_backoff_ms': 2_000,
  // A block of many transactions, as evidence needs it whole.
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
} as const;

export function connect(account: FabricAccount, key: KeyObject): Connection {
  const { peer, peerTlsCa, mspId, certificate, channel, chaincode } = account;
  const line = peerTlsCa === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(peerTlsCa));
  // An address is no TLS server name (RFC 6066), and test networks have no other name.
  const name = /^127\.|^\[?::1\b/.test(peer) ? { 'grpc.ssl_target_name_override': 'localhost' } : {};
  const client = new Client(peer, line, { ...lineOptions, ...name });
  const signer = nativeSigner(key);
  const within = (ms: number) => () => ({ deadline: Date.now() + ms });
  const gateway = connectGateway({
    ...{ client, signer, hash: hash.none },
    identity: { mspId, credentials: Buffer.from(certificate) },
    evaluateOptions: within(deadlinesMs.evaluate),
    endorseOptions: within(deadlinesMs.endorse),
    submitOptions: within(deadlinesMs.submit),
    commitStatusOptions: within(deadlinesMs.status),
  });
  const network = gateway.getNetwork(channel);
  return {
    ...{ account, gateway, network, signer },
    contract: network.getContract(chaincode, 'anchor'),
    system: network.getContract('qscc'),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
