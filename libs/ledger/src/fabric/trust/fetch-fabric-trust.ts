import { checkAccount } from '../check-account.js';
import { connect } from '../connect.js';
import type { FabricAccount } from '../fabric-options.js';
import { currentTrust } from './channel-trust.js';
import type { FabricTrust } from './fabric-trust.js';

/** Reads a channel's trust from a running network: once, when the network is made or its configuration changed. */
export async function readFabricTrust(account: FabricAccount): Promise<FabricTrust> {
  const { key } = checkAccount(account);
  const connection = connect(account, key);
  try {
    return await currentTrust(connection, { signal: new AbortController().signal, report: () => undefined });
  } finally {
    connection.close();
  }
}
