import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { compact } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { segmentsOf, type OrderGroup } from '../orders/order-groups.js';
import { routeOf } from '../orders/rxr.js';
import { askedOf, isAsNeeded, timingOf, type Asked } from '../orders/timing.js';
import { quantityIn } from './medication.js';
import type { PrescriptionFields } from './prescription-fields.js';

/** A dosage per TQ1; one where there is none. Empty when nothing is said. */
export function dosages(
  segment: Segment,
  fields: PrescriptionFields,
  { group, draft }: { group: OrderGroup; draft: Draft },
): readonly Json[] {
  const route = routeOf(segmentsOf(group, 'RXR')[0], draft);
  const instructions = instructionsOf(segment, fields, draft);
  const dose = doseOf(segment, fields);
  const asked = askedOf(group, draft);
  const each = asked.length === 0 ? [{}] : asked;
  return each.map((one) => dosage(one, { route, instructions, dose })).filter((said) => said !== undefined);
}

interface Common {
  readonly route: object;
  readonly instructions: readonly CodeableConcept[];
  readonly dose: object | undefined;
}

function dosage(asked: Asked, { route, instructions, dose }: Common): Json | undefined {
  const condition = asked.condition === undefined ? [] : [{ text: asked.condition }];
  const amount = dose ?? (asked.quantity && { doseQuantity: asked.quantity });
  return compact({
    text: asked.text,
    additionalInstruction: [...instructions, ...condition],
    timing: timingOf(asked),
    asNeededBoolean: isAsNeeded(asked) ? true : undefined,
    ...route,
    doseAndRate: amount === undefined ? [] : [amount],
  }) as Json | undefined;
}

/** Minimum and maximum of one dose: a quantity when they are the same or only one is sent. */
function doseOf(
  segment: Segment,
  { minimum, maximum, units, rate, rateUnits }: PrescriptionFields,
): object | undefined {
  const [low, high] = [quantityIn(segment, minimum, units), quantityIn(segment, maximum, units)];
  const isRange = low !== undefined && high !== undefined && low.value?.$decimal !== high.value?.$decimal;
  return compact({
    ...(isRange ? { doseRange: { low, high } } : { doseQuantity: low ?? high }),
    rateQuantity: quantityIn(segment, rate, rateUnits),
  });
}

function instructionsOf(segment: Segment, { instructions }: PrescriptionFields, draft: Draft) {
  return instructions.flatMap((n) =>
    segment
      .field(n)
      .repetitions.map((cwe) => conceptOf(cwe, { draft, location: `${segment.name}-${n}` }))
      .filter((one) => one !== undefined),
  );
}
