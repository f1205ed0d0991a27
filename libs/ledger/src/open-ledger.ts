import type { FabricLedger } from './fabric/fabric-ledger.js';
import type { FabricAccount, FabricLedgerOptions } from './fabric/fabric-options.js';
import type { FabricTrust } from './fabric/trust/fabric-trust.js';
import type { LogLedger, LogLedgerOptions } from './log/log-ledger.js';

type LogOptions = { readonly backend: 'log' } & LogLedgerOptions;
type FabricOptions = { readonly backend: 'fabric' } & FabricLedgerOptions;

export type LedgerOptions = LogOptions | FabricOptions;

/**
 * Opens the ledger that the settings name, and no other in its place. Each is a `Ledger` with what its operators need
 * besides. Throws `Unavailable('ledger')`, saying what is wrong, when it cannot be opened or is damaged. A Fabric ledger
 * asks nobody while it is opened: a channel that is away delays proofs, and not the start.
 */
export async function openLedger(options: LogOptions): Promise<LogLedger>;
export async function openLedger(options: FabricOptions): Promise<FabricLedger>;
export async function openLedger(options: LedgerOptions): Promise<LogLedger | FabricLedger>;
export async function openLedger(options: LedgerOptions): Promise<LogLedger | FabricLedger> {
  // Loaded when asked for and not before: a backend goes with its folder and its line here.
  switch (options.backend) {
    case 'log':
      return (await import('./log/log-ledger.js')).openLogLedger(options);
    case 'fabric':
      return (await import('./fabric/fabric-ledger.js')).openFabricLedger(options);
  }
}

/**
 * Reads the trust of a channel from a running network: for the file that verifiers and the ledger writer are given. Agree
 * on its fingerprint with the other members before anybody relies on it. Throws `Unavailable('ledger')`.
 */
export async function fetchFabricTrust(account: FabricAccount): Promise<FabricTrust> {
  const { readFabricTrust } = await import('./fabric/trust/fetch-fabric-trust.js');
  return readFabricTrust(account);
}
