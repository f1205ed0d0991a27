import type { StoreLimits } from '../store-limits.js';
import type { Server } from './server.js';

const idleMsMax = 20_000;

/**
 * Idle connections end here before the server ends them, which would be an error of whoever uses them next. MySQL knows one
 * end for a connection that says nothing, in a transaction or not.
 */
export function idleMsOf({ kind }: Server, { idleTransactionMsMax }: StoreLimits): number {
  return kind === 'mariadb' ? idleMsMax : Math.min(idleMsMax, idleTransactionMsMax / 2);
}

/**
 * What each connection is set to, whatever the server's defaults are.
 *
 * READ COMMITTED: our transactions take the row they all share (a turn, a cursor, a lease) and read after it; what they
 * read must be what the holder before them committed, also when something was read before the lock. And without the gap
 * locks of REPEATABLE READ, inserts of one instance do not deadlock with those of another.
 */
export function sessionOf({ kind }: Server, limits: StoreLimits): string {
  const seconds = (ms: number) => Math.ceil(ms / 1000);
  const settings = [
    // ANSI_QUOTES or NO_BACKSLASH_ESCAPES would change what the driver's escaping means; too long a value must fail.
    "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    kind === 'mariadb' ? "tx_isolation = 'READ-COMMITTED'" : "transaction_isolation = 'READ-COMMITTED'",
    `innodb_lock_wait_timeout = ${seconds(limits.lockWaitMsMax)}`,
    ...(kind === 'mariadb'
      ? [
          `max_statement_time = ${limits.statementMsMax / 1000}`,
          `idle_transaction_timeout = ${seconds(limits.idleTransactionMsMax)}`,
          `wait_timeout = ${2 * seconds(Math.max(idleMsMax, limits.idleTransactionMsMax))}`,
        ]
      : [`max_execution_time = ${limits.statementMsMax}`, `wait_timeout = ${seconds(limits.idleTransactionMsMax)}`]),
  ];
  return `SET SESSION ${settings.join(', ')}`;
}
