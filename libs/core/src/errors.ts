/**
 * Why a message or request is refused. Closed: part of the API, listed in docs/errors.md. One code, one meaning, on
 * every edge; each edge translates it into its own protocol once.
 */
export const rejectionCodes = [
  // A record or request that cannot be read as what it claims to be.
  'invalid-event',
  'invalid-request',
  'invalid-evidence',
  'record-too-large',
  'fragments-over-limit',
  // The sender, its certificate and what it may send.
  'unknown-source',
  'unsupported-type',
  'bad-signature',
  'certificate-unknown',
  'certificate-expired',
  'certificate-revoked',
  'certificate-mismatch',
  'type-not-permitted',
  'authority-not-permitted',
  'authority-not-issued',
  'number-retired',
  'invalid-token',
  'invalid-certificate-request',
  // Things asked for.
  'not-found',
  'conflict',
  'forbidden',
  'gone',
  // The ledger.
  'anchor-conflict',
  // One record that alone reproduces a defect of ours.
  'defect',
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

/** The message or request is at fault; the same again cannot help. Never carries content of the message. */
export class Rejected extends Error {
  override readonly name = 'Rejected';

  constructor(
    readonly code: RejectionCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** What an HTTP answer says beside code and message. Never content of a message. */
  get details(): Readonly<Record<string, unknown>> {
    return {};
  }
}

/** Something we depend on is not there now; the same input may succeed later. The original error is the `cause`. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';

  constructor(
    readonly dependency: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
