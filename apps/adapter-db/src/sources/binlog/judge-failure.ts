import { SourceFault } from '../source-fault.js';

/** What became of the connection: `gap`: the log no longer has what comes next; `lost`: try again. */
export type Failure = { readonly kind: 'gap' | 'clash' | 'lost'; readonly reason: string };

const refused: Readonly<Record<string, string>> = {
  ER_ACCESS_DENIED_ERROR: 'the user or its password is not accepted',
  ER_DBACCESS_DENIED_ERROR: 'the user may not use the database',
  ER_HOST_NOT_PRIVILEGED: 'the server accepts no connection from this host',
  ER_NOT_SUPPORTED_AUTH_MODE: 'the server asks for a way to log in that is not supported',
};
const missing: Readonly<Record<string, string>> = {
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 'the user lacks a right',
  ER_TABLEACCESS_DENIED_ERROR: 'the user may not read a table',
  ER_COLUMNACCESS_DENIED_ERROR: 'the user may not read a column',
};
/** "Fatal error while reading the binlog": everything that the server cannot send. */
const logError = 1236;

/** What a failure of the connection means. Throws `SourceFault` for what only a person can mend; texts hold no values. */
export function judgeFailure(problem: unknown): Failure {
  if (problem instanceof SourceFault) throw problem;
  const { code = '', errno, message = '' } = unwrapped(problem);
  if (refused[code] !== undefined) throw new SourceFault('access-denied', refused[code]);
  if (missing[code] !== undefined) throw new SourceFault('grants-missing', missing[code]);
  if (/same server_(uuid|id)|already connected/i.test(message)) return { kind: 'clash', reason: 'server-id' };
  if (errno === logError) return { kind: 'gap', reason: 'log-purged' };
  return { kind: 'lost', reason: code === '' ? 'broken' : code };
}

interface DriverError {
  readonly code?: string;
  readonly errno?: number;
  readonly message?: string;
}

/** What nobody listened for comes wrapped. */
function unwrapped(problem: unknown): DriverError {
  const { context } = problem as { context?: DriverError };
  return context ?? (problem as DriverError);
}
