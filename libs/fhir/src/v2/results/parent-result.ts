import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { firstValued } from '../compact.js';
import { numberIn, type EntityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import type { ObservationUnit } from './observation-unit.js';
import type { Order } from './order-key.js';

/** A result that other orders may hang on. */
export interface ParentResult {
  readonly order: Order;
  readonly reference: Reference;
  readonly unit: ObservationUnit;
}

/**
 * The result that an order hangs on: of the order that OBR-29 names, the one with the code and the sub-id of OBR-26 (PRL).
 * Without OBR-29 the nearest such result before it.
 */
export function parentResult(obr: Segment, earlier: readonly ParentResult[], draft: Draft): Reference | undefined {
  const [prl] = obr.field(26).repetitions;
  const code = firstValued(prl?.component(1).sub(1) ?? '', prl?.component(1).sub(4) ?? '');
  const subId = prl?.text(2) ?? '';
  const [placer, filler] = parentNumbers(obr, draft);
  const isNamed = placer !== undefined || filler !== undefined;
  return earlier.findLast(({ order, unit }) => {
    const isOfOrder = !isNamed || isSame(order.filler, filler) || isSame(order.placer, placer);
    const isOfCode = code === undefined || unit.first.obx.field(3).text(1) === code;
    return isOfOrder && isOfCode && unit.first.obx.field(4).text() === subId;
  })?.reference;
}

/** OBR-29 EIP: number of the placer, number of the filler. */
function parentNumbers(obr: Segment, draft: Draft): readonly (EntityNumber | undefined)[] {
  const [eip] = obr.field(29).repetitions;
  return [1, 2].map((n) => eip && numberIn(eip, n, { location: `OBR-${n + 1}`, draft }));
}

function isSame(one: EntityNumber | undefined, other: EntityNumber | undefined): boolean {
  return one !== undefined && one.value === other?.value;
}
