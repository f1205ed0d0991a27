import type { ErrorCondition } from '../message/message-error.js';

/** Where, as in ERR-2 (`PID`, `PID^1`, `PID^1^3`, `PID^1^3^2^1`), and what stands there looks like. */
export interface ConditionPlace {
  readonly where: string;
  /** By `shapeOf`: nothing of the value. */
  readonly shape: string;
}

/** A condition at a place of the message; the whole message where none is said. */
export function conditionAt(
  code: ErrorCondition['code'],
  text: string,
  place?: string | ConditionPlace,
): ErrorCondition {
  if (place === undefined) return { code, text };
  if (typeof place !== 'string') return { ...conditionAt(code, text, place.where), shape: place.shape };
  const [segment = '', position = '1', ...rest] = place.split('^');
  const [field, repetition, component] = rest.map(Number);
  return {
    code,
    text,
    location: {
      segment,
      position: Number(position),
      ...(field !== undefined && { field }),
      ...(repetition !== undefined && { repetition }),
      ...(component !== undefined && { component }),
    },
  };
}
