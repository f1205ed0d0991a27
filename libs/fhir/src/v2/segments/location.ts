import type { Repetition } from '@anamnesis/hl7v2';
import { valued } from '../compact.js';
import { placeReference } from '../datatypes/pl.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';

/** What each part of a PL is, from the narrowest: HL7 table of location types in FHIR. */
const kinds: readonly (readonly [component: number, code: string, display: string])[] = [
  [3, 'bd', 'Bed'],
  [2, 'ro', 'Room'],
  [1, 'wa', 'Ward'],
  [8, 'lvl', 'Level'],
  [7, 'bu', 'Building'],
];

/**
 * A place as a Location of its own, by the identifier that every reference to it carries: all parts of the PL together.
 * Undefined when nothing names it.
 */
export function locationSlots(
  pl: Repetition | undefined,
  draft: Draft,
): { readonly id: string; readonly slots: Slots } | undefined {
  const { identifier, display } = (pl && placeReference(pl, draft)) ?? {};
  const { system, value } = identifier ?? {};
  if (pl === undefined || identifier === undefined || system === undefined || value === undefined) return undefined;
  const slots = new Slots().set('identifier', [identifier]).set('name', display).set('physicalType', kindOf(pl));
  return { id: draft.resourceId('Location', system, value), slots };
}

function kindOf(pl: Repetition) {
  const narrowest = kinds.find(([component]) => valued(pl.text(component)) !== undefined);
  if (narrowest === undefined) return undefined;
  const [, code, display] = narrowest;
  return {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code, display }],
  };
}
