import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept, Quantity, Ratio } from '../../fhir-types.js';
import { compact } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { numeric } from '../datatypes/nm.js';
import { unitIn } from '../datatypes/unit.js';
import type { Draft } from '../draft.js';
import type { Slots } from '../slots.js';

/** Fields of a segment that names a drug: RXO, RXE, RXD, RXG, RXA. */
export interface DrugFields {
  readonly code: number;
  readonly form?: number;
  readonly strength?: number;
  readonly strengthUnits?: number;
  readonly volume?: number;
  readonly volumeUnits?: number;
}

/** A number and its unit in two fields. */
export function quantityIn(segment: Segment, amount: number, units: number): Quantity | undefined {
  const value = numeric(segment.field(amount).text());
  return value && { value, ...unitIn(segment.field(units)) };
}

/** `RXO-1` and the like: what the drug is called, or its form. */
export function drugCode(segment: Segment, n: number, draft: Draft): CodeableConcept | undefined {
  const [cwe] = segment.field(n).repetitions;
  return cwe && conceptOf(cwe, { draft, location: `${segment.name}-${n}` });
}

/**
 * `medication[x]`: the code, or a contained Medication where form, strength or components (RXC) are said, which a code has
 * no room for.
 */
export function medicationSlots(
  segment: Segment,
  fields: DrugFields,
  { slots, draft, components }: { slots: Slots; draft: Draft; components: readonly Segment[] },
): void {
  const code = drugCode(segment, fields.code, draft);
  const form = fields.form === undefined ? undefined : drugCode(segment, fields.form, draft);
  const ingredient = [...ownStrength(segment, fields, code), ...components.map((rxc) => componentOf(rxc, draft))];
  if (form === undefined && ingredient.length === 0) {
    if (code) slots.set('medication[x]', { medicationCodeableConcept: code }).remove('contained');
    return;
  }
  slots
    .set('contained', [{ resourceType: 'Medication', id: 'medication', ...compact({ code, form, ingredient }) }])
    .set('medication[x]', { medicationReference: { reference: '#medication', ...compact({ display: nameOf(code) }) } });
}

function nameOf(code: CodeableConcept | undefined): string | undefined {
  return code?.coding?.[0]?.display ?? code?.text;
}

/** Strength per volume of the drug itself; without a volume, of one. */
function ownStrength(segment: Segment, fields: DrugFields, code: CodeableConcept | undefined): readonly Json[] {
  const { strength, strengthUnits = 0, volume, volumeUnits = 0 } = fields;
  const numerator = strength === undefined ? undefined : quantityIn(segment, strength, strengthUnits);
  if (numerator === undefined) return [];
  const per = volume === undefined ? undefined : quantityIn(segment, volume, volumeUnits);
  return [{ itemCodeableConcept: code ?? { text: 'not named' }, strength: ratioOf(numerator, per) }];
}

/** RXC: a base or an additive, with its amount or its strength. */
function componentOf(rxc: Segment, draft: Draft): Json {
  const item = drugCode(rxc, 2, draft) ?? { text: 'not named' };
  const amount = quantityIn(rxc, 3, 4);
  const strength = quantityIn(rxc, 5, 6);
  const per = quantityIn(rxc, 8, 9);
  const ratio = strength ? ratioOf(strength, per) : amount && ratioOf(amount, undefined);
  return { itemCodeableConcept: item, ...compact({ strength: ratio }) };
}

function ratioOf(numerator: Quantity, denominator: Quantity | undefined): Ratio {
  const one = numeric('1');
  return { numerator, denominator: denominator ?? { ...(one && { value: one }) } };
}
