/** SQLite's and MySQL's words for "not now": disk full, file locked or gone, connection lost. */
const unavailableCodes =
  /^(SQLITE_(FULL|BUSY|IOERR|CANTOPEN|READONLY|NOMEM)|ECONN|ETIMEDOUT|EPIPE|PROTOCOL_|ER_(LOCK_|DISK_FULL|CON_COUNT|SERVER_SHUTDOWN))/;

/** The database's own code where the same statement may succeed later; undefined for every other error. */
export function unavailableCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' && unavailableCodes.test(found) ? found : undefined;
}
