import { type ForeignFault, ForeignTopicsError } from '../../foreign-topics.js';
import { reasonOf } from '../translate-error.js';

/** What a broker says by name. */
const faultsByType: Readonly<Record<string, ForeignFault>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'topic-missing',
  INVALID_TOPIC_EXCEPTION: 'topic-missing',
  TOPIC_AUTHORIZATION_FAILED: 'not-authorised',
  CLUSTER_AUTHORIZATION_FAILED: 'not-authorised',
  SASL_AUTHENTICATION_FAILED: 'not-authenticated',
  UNSUPPORTED_SASL_MECHANISM: 'not-authenticated',
  ILLEGAL_SASL_STATE: 'not-authenticated',
};
const certificateCodes = /^(CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|HOSTNAME_MISMATCH)/;

interface Said {
  readonly name: string;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly message: string;
}

/** Why reading ended, for a person; what may pass by itself is `unreachable`. */
export function judgeForeign(error: unknown, doing: string): ForeignTopicsError {
  if (error instanceof ForeignTopicsError) return error;
  const said = [...chain(error)];
  const faults = said.map(faultOf).filter((fault) => fault !== undefined);
  const isKafka = said.some(({ name, code }) => /^(KafkaJS|Unavailable)/.test(name) || typeof code === 'string');
  const fault = faults[0] ?? (isKafka ? 'unreachable' : 'unreadable');
  // Of what is neither kafkajs's nor the network's only the class: its text may quote a record.
  const reason = isKafka ? reasonOf(error) : (said[0]?.name ?? 'unknown');
  return new ForeignTopicsError(fault, `${doing}: ${reason}`, { cause: error });
}

function faultOf({ name, type, code, message }: Said): ForeignFault | undefined {
  if (typeof type === 'string' && faultsByType[type] !== undefined) return faultsByType[type];
  if (name === 'KafkaJSSASLAuthenticationError') return 'not-authenticated';
  const isCertificate = typeof code === 'string' && certificateCodes.test(code);
  return isCertificate || /\b(certificate|SSL routines)\b/i.test(message) ? 'certificate-refused' : undefined;
}

function* chain(error: unknown): Generator<Said> {
  for (let at = error; at instanceof Error; at = at.cause === at ? undefined : at.cause) {
    yield at;
    const { errors } = at as { errors?: unknown };
    if (Array.isArray(errors)) for (const one of errors) yield* chain(one);
  }
}
