import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { credentials, type ChannelCredentials, Client } from '@grpc/grpc-js';
import { connect, type Contract, type Gateway, GatewayError, hash, signers } from '@hyperledger/fabric-gateway';
import type { FabricNetwork } from '../../deploy/fabric/network.mjs';

export interface Whose {
  readonly organisation: string;
  readonly user?: 'User1' | 'Admin';
  /** Whose peer is spoken to; the organisation's own unless said. */
  readonly at?: string;
}

/** Connections of a suite to the peers of its network. */
export class FabricClients {
  readonly #closers: (() => void)[] = [];

  constructor(readonly network: FabricNetwork) {}

  gateway({ organisation, user = 'User1', at = organisation }: Whose): Gateway {
    const { mspId, certificateFile, keyFile } = this.network.identity(organisation, user);
    const client = new Client(this.address(at), this.tls(at), peerOptions);
    const gateway = connect({
      client,
      hash: hash.sha256,
      identity: { mspId, credentials: readFileSync(certificateFile) },
      signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(keyFile))),
      evaluateOptions: within(20_000),
      endorseOptions: within(20_000),
      submitOptions: within(20_000),
      commitStatusOptions: within(30_000),
    });
    this.#closers.push(() => {
      gateway.close();
      client.close();
    });
    return gateway;
  }

  contract(whose: Whose, channel = 'c1'): Contract {
    return this.gateway(whose).getNetwork(channel).getContract(this.network.description.chaincode);
  }

  address(organisation: string): string {
    return this.#described(organisation).peer;
  }

  tls(organisation: string): ChannelCredentials {
    return credentials.createSsl(readFileSync(this.#described(organisation).tlsRoot));
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  #described(organisation: string): FabricNetwork['description']['organisations'][string] {
    const described = this.network.description.organisations[organisation];
    if (!described) throw new Error(`no organisation ${organisation}`);
    return described;
  }
}

/** An address is no TLS server name (RFC 6066). */
export const peerOptions = { 'grpc.ssl_target_name_override': 'localhost' };

const within = (ms: number) => () => ({ deadline: Date.now() + ms });

/** Everything that an error says to a client, the peers' details included. */
export function wordsOf(error: unknown): string {
  const details = error instanceof GatewayError ? error.details.map(({ message }) => message) : [];
  return [error instanceof Error ? error.message : String(error), ...details].join('\n');
}

/** What a call that must fail says. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return wordsOf(error);
  }
  throw new Error('this call should have been refused');
}
