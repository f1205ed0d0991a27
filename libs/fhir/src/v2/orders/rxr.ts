import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import type { Slots } from '../slots.js';

/** Field, member of a dosage, HL7 table of RXR. */
const members: readonly (readonly [number, string, string])[] = [
  [1, 'route', '0162'],
  [2, 'site', '0163'],
  [4, 'method', '0165'],
];

/** RXR-1, RXR-2 as elements of their own. */
export function routeSlots(rxr: Segment, slots: Slots, draft: Draft): void {
  const read = new SlotReader(draft, rxr, slots);
  for (const [n, slot, table] of members.slice(0, 2))
    read.first(n, slot, (cwe) => conceptOf(cwe, { draft, location: `RXR-${n}`, table }));
}

export interface Route {
  readonly route?: CodeableConcept;
  readonly site?: CodeableConcept;
  readonly method?: CodeableConcept;
}

/** RXR-1, RXR-2, RXR-4 as parts of a dosage. */
export function routeOf(rxr: Segment | undefined, draft: Draft): Route {
  const found = members.map(([n, member, table]) => {
    const [cwe] = rxr?.field(n).repetitions ?? [];
    return [member, cwe && conceptOf(cwe, { draft, location: `RXR-${n}`, table })] as const;
  });
  return Object.fromEntries(found.filter(([, concept]) => concept !== undefined));
}
