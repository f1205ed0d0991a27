import { SourceFault } from '../source-fault.js';

/** What became of the connection: `gap`: the log no longer has what comes next; `lost`: try again. */
export type Failure = { readonly kind: 'gap' | 'clash' | 'lost'; readonly reason: string };

/** By the driver's code: ours, and what it means. */
const faults: Readonly<Record<string, readonly [code: string, text: string]>> = {
  ER_ACCESS_DENIED_ERROR: ['access-denied', 'the user or its password is not accepted'],
  ER_DBACCESS_DENIED_ERROR: ['access-denied', 'the user may not use the database'],
  ER_HOST_NOT_PRIVILEGED: ['access-denied', 'the server accepts no connection from this host'],
  ER_NOT_SUPPORTED_AUTH_MODE: ['access-denied', 'the server asks for a way to log in that is not supported'],
  ER_SPECIFIC_ACCESS_DENIED_ERROR: ['grants-missing', 'the user lacks a right'],
  ER_TABLEACCESS_DENIED_ERROR: ['grants-missing', 'the user may not read a table'],
  ER_COLUMNACCESS_DENIED_ERROR: ['grants-missing', 'the user may not read a column'],
  HANDSHAKE_NO_SSL_SUPPORT: ['tls-not-offered', 'the mapping names a caFile, and the server offers no TLS'],
  HANDSHAKE_SSL_ERROR: [
    'tls-refused',
    'its certificate is not of an authority in caFile, or the two do not agree on TLS',
  ],
  ER_SECURE_TRANSPORT_REQUIRED: ['tls-required', 'the server wants TLS, and the mapping names no caFile'],
};
/** "Fatal error while reading the binlog": everything that the server cannot send. */
const logError = 1236;

/** What a failure of the connection means. Throws `SourceFault` for what only a person can mend; texts hold no values. */
export function judgeFailure(problem: unknown): Failure {
  if (problem instanceof SourceFault) throw problem;
  const { code = '', errno, message = '' } = unwrapped(problem);
  const [fault, text = ''] = faults[code] ?? [];
  if (fault !== undefined) throw new SourceFault(fault, text);
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
