/** Waits of a store, each with its own end. They are nested: the server gives up before we stop listening to it. */
export interface StoreLimits {
  /** Until a new connection has said who it is. */
  readonly connectMsMax: number;
  /** Until a connection is free, when all of them are in use. */
  readonly acquireMsMax: number;
  /** Until somebody else's row lock is gone. */
  readonly lockWaitMsMax: number;
  /** One statement, on the server (on MySQL reads alone: it ends nothing else). */
  readonly statementMsMax: number;
  /** One answer of the server; a connection that gave none is cut. */
  readonly answerMsMax: number;
  /** A transaction whose process says nothing: a frozen one must not hold the locks that all wait for. */
  readonly idleTransactionMsMax: number;
  /** Until another process has migrated. */
  readonly migrationWaitMsMax: number;
  /** Tries of a transaction that the server ends because two waited for each other. */
  readonly deadlockAttemptsMax: number;
}

export const storeLimits: StoreLimits = {
  connectMsMax: 5_000,
  acquireMsMax: 10_000,
  lockWaitMsMax: 10_000,
  statementMsMax: 20_000,
  answerMsMax: 30_000,
  idleTransactionMsMax: 15_000,
  migrationWaitMsMax: 600_000,
  deadlockAttemptsMax: 5,
};

/** Connections of one process: half of them for transactions, half for reading beside them, one of each at least. */
export const poolMaxDefault = 10;

/** The largest value of one row: a bus record of 24 MiB, sealed. */
export const valueBytesMax = 24 * 1024 * 1024 + 64 * 1024;
/** Bytes of values in one statement of many rows; a larger row has a statement of its own. */
export const statementBytesMax = 4 * 1024 * 1024;
