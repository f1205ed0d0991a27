import type { KeyObject } from 'node:crypto';
import { Client, connectivityState, credentials } from '@grpc/grpc-js';
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

/**
 * One line to one peer as one identity, shared by everything of one organisation in this process. What is taken from it is of
 * the line as it is then: take it anew for each call.
 */
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
  // Else a line that is made anew would be the one that is being given up.
  'grpc.use_local_subchannel_pool': 1,
} as const;

/**
 * A line that was being made so long ago, and still is, is given up for a new one. gRPC waits for ever where a connection is
 * taken and nothing follows, such as from a host that lost power at that moment.
 */
const lineMadeWithinMs = 20_000;

export function connect(account: FabricAccount, key: KeyObject, madeWithinMs = lineMadeWithinMs): Connection {
  let line = makeLine(account, key);
  let seenMs: number | undefined;
  const current = (): Line => {
    if (line.isBeingMade()) seenMs ??= performance.now();
    else seenMs = undefined;
    if (seenMs === undefined || performance.now() - seenMs < madeWithinMs) return line;
    line.close();
    seenMs = undefined;
    return (line = makeLine(account, key));
  };
  return {
    account,
    signer: line.signer,
    get gateway() {
      return current().gateway;
    },
    get network() {
      return current().network;
    },
    get contract() {
      return current().contract;
    },
    get system() {
      return current().system;
    },
    close: () => {
      line.close();
    },
  };
}

interface Line extends Omit<Connection, 'account'> {
  readonly isBeingMade: () => boolean;
}

function makeLine(account: FabricAccount, key: KeyObject): Line {
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
    ...{ gateway, network, signer },
    isBeingMade: () => client.getChannel().getConnectivityState(false) === connectivityState.CONNECTING,
    contract: network.getContract(chaincode, 'anchor'),
    system: network.getContract('qscc'),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
