import type { Segment } from '@anamnesis/hl7v2';
import type { Identifier } from '../../fhir-types.js';
import { identifierOf } from '../datatypes/cx.js';
import { entityIdentifier, entityNumber, type EntityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import type { Slots } from '../slots.js';

/** The number that who orders gave (ORC-2), and that of who fulfils (ORC-3). */
export interface OrderNumbers {
  readonly placer: EntityNumber | undefined;
  readonly filler: EntityNumber | undefined;
}

export interface ResourceKey {
  readonly system: string;
  readonly key: string;
}

/**
 * ORC-2 and ORC-3, which an OBR repeats in the same places. A number without an authority is the facility's, whichever
 * segment it stands in, so that an order, its results and its dispenses agree on it.
 */
export function orderNumbers(segments: readonly (Segment | undefined)[], draft: Draft): OrderNumbers {
  const at = (n: number) => {
    const numbers = segments.map((segment) => segment && entityNumber(segment.field(n), `OBR-${n}`, draft));
    return numbers.find((number) => number !== undefined);
  };
  return { placer: at(2), filler: at(3) };
}

export function numberSlots({ placer, filler }: OrderNumbers, slots: Slots, draft: Draft): Slots {
  const listed = (number: EntityNumber | undefined, type: string) => {
    const identifier = entityIdentifier(number, draft, type);
    return identifier && [identifier];
  };
  return slots.set('identifier:FILL', listed(filler, 'FILL')).set('identifier:PLAC', listed(placer, 'PLAC'));
}

/** OBR-53, else ORC-33: further numbers that the placer has for the order (guide, OBR[ServiceRequest]). They are no key of it. */
export function alternateNumbers(
  { orc, obr }: { readonly orc: Segment | undefined; readonly obr: Segment | undefined },
  slots: Slots,
  draft: Draft,
): void {
  const numbersIn = (segment: Segment | undefined, n: number) =>
    segment?.field(n).repetitions.flatMap((cx) => {
      const systemDefault = draft.fieldSystem('OBR-53');
      return identifierOf(cx, { draft, systemDefault, typeDefault: 'PLAC' }) ?? [];
    }) ?? [];
  const own = numbersIn(obr, 53);
  slots.set('identifier:alternate', own.length > 0 ? own : numbersIn(orc, 33));
}

export function placerIdentifier({ placer }: OrderNumbers, draft: Draft): Identifier | undefined {
  return entityIdentifier(placer, draft, 'PLAC');
}

export function keyOfNumber(number: EntityNumber, draft: Draft, ...parts: readonly string[]): ResourceKey {
  return { system: number.system, key: draft.businessKey(number.authority, [number.value, ...parts]) };
}

/** The same key a second time in one message is something else: `parts` tell it apart. */
export class KeysMet {
  readonly #met = new Map<string, number>();

  distinct(key: ResourceKey, ...parts: readonly string[]): ResourceKey {
    const first = this.#count(key);
    if (first === 1) return key;
    const told = { ...key, key: JSON.stringify([key.key, ...parts]) };
    const again = this.#count(told);
    return again === 1 ? told : { ...told, key: `${told.key}#${again}` };
  }

  #count(key: ResourceKey): number {
    const name = JSON.stringify(key);
    const count = (this.#met.get(name) ?? 0) + 1;
    this.#met.set(name, count);
    return count;
  }
}
