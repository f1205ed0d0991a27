import type { Segment } from '@anamnesis/hl7v2';
import type { Identifier } from '../../fhir-types.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import { groupIdentifier } from '../orders/group-number.js';
import type { Slots } from '../slots.js';

/**
 * The numbers that a report carries (guide, ORC[DiagnosticReport], OBR[DiagnosticReport]): those of ORC, and of OBR where
 * they differ, so that it is found by each; ORC-4, the number of their group.
 */
export function reportNumbers(
  { obr, orc }: { readonly obr: Segment; readonly orc: Segment | undefined },
  slots: Slots,
  draft: Draft,
): void {
  const numbersAt = (n: number, type: string): readonly Identifier[] => {
    const [first, second] = [orc, obr].flatMap(
      (segment) => (segment && entityIdentifier(entityNumber(segment.field(n), `OBR-${n}`, draft), draft, type)) ?? [],
    );
    if (first === undefined) return [];
    return second === undefined || isSame(first, second) ? [first] : [first, second];
  };
  const group = orc && groupIdentifier(orc, draft);
  slots
    .set('identifier:FILL', numbersAt(3, 'FILL'))
    .set('identifier:PLAC', numbersAt(2, 'PLAC'))
    .set('identifier:PGN', group && [group]);
}

function isSame(one: Identifier, other: Identifier): boolean {
  return one.value === other.value && one.system === other.system;
}
