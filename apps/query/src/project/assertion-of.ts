import type { ChartAssertion } from '@anamnesis/store';
import type { FactOf } from './facts.js';

/** The row of an assertion. */
export function assertionOf(header: FactOf<'person'>['header']): ChartAssertion {
  const { id, version, kind, state, first, second, cause, at } = header;
  return {
    id,
    version,
    kind,
    state,
    firstKey: first.recordKey,
    secondKey: second.recordKey,
    at,
    rule: cause.rule,
    causeEventId: cause.eventId ?? null,
  };
}
