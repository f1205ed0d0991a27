import { Rejected, Unavailable } from '@anamnesis/core';

/** What kafkajs or a broker throws, in the words of the port. Nothing of a record is in it. */
export function unavailable(doing: string, cause: unknown): Unavailable {
  return new Unavailable('bus', `${doing}: ${reasonOf(cause)}`, { cause });
}

/** As it is, if it is of ours already. */
export function asUnavailable(doing: string, error: unknown): Unavailable | Rejected {
  return error instanceof Unavailable || error instanceof Rejected ? error : unavailable(doing, error);
}

/** A protocol error by its name (`NOT_ENOUGH_REPLICAS`), any other by its class; the innermost one says most. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause, type, errors } = error as { cause?: unknown; type?: unknown; errors?: unknown };
  if (typeof type === 'string') return type;
  if (Array.isArray(errors) && errors.length > 0) return [...new Set(errors.map(reasonOf))].join(', ');
  if (cause instanceof Error && cause !== error) return reasonOf(cause);
  return error.message === '' ? error.name : `${error.name}: ${error.message}`;
}

/** Whether a broker said this, anywhere in the chain of causes; without `types`, anything. */
export function isProtocolError(error: unknown, ...types: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  const { cause, type } = error as { cause?: unknown; type?: unknown };
  if (typeof type === 'string' && (types.length === 0 || types.includes(type))) return true;
  return cause !== error && isProtocolError(cause, ...types);
}
