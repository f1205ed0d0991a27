import { Unavailable } from '@anamnesis/core';
import { QueryFailedError } from 'typeorm';

const sqlite = /^SQLITE_(FULL|BUSY|IOERR|CANTOPEN|READONLY|NOMEM)/;
const network = /^(E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)|PROTOCOL_)/;
/** The server is going, full, or (after a failover) the wrong one; or it ended our statement for somebody else's sake. */
const server = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_SERVER_OFFLINE_MODE',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_CONNECTION_KILLED',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_ABORTING_CONNECTION',
  'ER_QUERY_INTERRUPTED',
  'ER_QUERY_TIMEOUT',
  'ER_STATEMENT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_TABLE_FULL',
  'ER_LOCK_ABORTED',
  'ER_CHECKREAD',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_READ_ONLY_MODE',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_OUTOFMEMORY',
  'ER_OUT_OF_RESOURCES',
  'ER_TOO_MANY_CONCURRENT_TRXS',
  'ER_ERROR_DURING_COMMIT',
  'ER_UNKNOWN_COM_ERROR', // a Galera node that does not serve yet or any more
  'ER_RUN_HOOK_ERROR', // a member of MySQL's Group Replication that left its group
  'ER_TRANSACTION_ROLLBACK_DURING_COMMIT', // another member committed first
]);
/** MariaDB's own: the driver has MySQL's names, and gives these by their number alone. */
const mariadbNames = new Map([
  [1927, 'ER_CONNECTION_KILLED'],
  [1969, 'ER_STATEMENT_TIMEOUT'],
]);
/** What the drivers say without a code when a connection is used that is gone. */
const goneWords =
  /^(Pool is closed\.|Can't (add new command when connection is|write) in closed state|Connection is closed)/;

/** The transaction was ended because two were in each other's way: the same again succeeds. */
const deadlocks = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD', 'ER_TRANSACTION_ROLLBACK_DURING_COMMIT']);

/** The database's own code where the same statement may succeed later; undefined for every other error. */
export function unavailableCodeOf(error: unknown): string | undefined {
  const { code, message } = causeOf(error);
  if (code === undefined) return goneWords.test(message) ? 'CONNECTION_GONE' : undefined;
  return sqlite.test(code) || network.test(code) || server.has(code) ? code : undefined;
}

export function isDeadlock(error: unknown): boolean {
  const { code } = causeOf(error instanceof Unavailable ? error.cause : error);
  return code !== undefined && deadlocks.has(code);
}

/** By its shape: an error of the network is not always an `Error` of the realm that asks. */
function causeOf(error: unknown): { readonly code?: string; readonly message: string } {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof cause !== 'object' || cause === null) return { message: '' };
  const { code, errno, message = '' } = cause as { code?: unknown; errno?: number; message?: string };
  const name = typeof code === 'string' ? code : mariadbNames.get(errno ?? 0);
  return name === undefined ? { message } : { code: name, message };
}
