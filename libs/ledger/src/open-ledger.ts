import type { LogLedger, LogLedgerOptions } from './log/log-ledger.js';

export type LedgerOptions = { readonly backend: 'log' } & LogLedgerOptions;

type Open = (options: LedgerOptions) => Promise<LogLedger>;

/** Loaded when asked for and not before: a backend goes with its folder and its line here. */
const backends: Readonly<Record<LedgerOptions['backend'], () => Promise<Open>>> = {
  log: async () => (await import('./log/log-ledger.js')).openLogLedger,
};

/**
 * Opens the ledger that the settings name, and no other in its place. The log's ledger is a `Ledger` with what its
 * operators need besides. Throws `Unavailable('ledger')`, saying what is wrong, when it cannot be opened or is damaged.
 */
export async function openLedger(options: LedgerOptions): Promise<LogLedger> {
  const open = await backends[options.backend]();
  return open(options);
}
