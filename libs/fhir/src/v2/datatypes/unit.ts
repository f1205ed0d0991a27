import type { Field, Segment } from '@anamnesis/hl7v2';
import { firstValued, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { codingSystem } from '../tables/coding-systems.js';
import { isUcum, isUnmistakableUnit } from '../tables/ucum.js';

const ucum = 'http://unitsofmeasure.org';

export type Unit = { readonly unit?: string; readonly system?: string; readonly code?: string };

/**
 * OBX-6: UCUM where the sender says so and it is, where nothing else can be meant, or where the source's own table says what
 * is meant; otherwise text only. What was sent stays as the text.
 */
export function unitOf(obx: Segment, draft: Draft): Unit {
  const unit = unitIn(obx.field(6));
  return unit.code === undefined ? translated(obx, unit, draft) : unit;
}

/** A coded unit: UCUM where the sender says so and it is, or where nothing else can be meant; otherwise text only. */
export function unitIn(field: Field): Unit {
  for (const first of [1, 4]) {
    const code = valued(field.text(first));
    const system = codingSystem(valued(field.text(first + 2)) ?? '');
    if (code !== undefined && system === ucum && isUcum(code))
      return { unit: valued(field.text(first + 1)) ?? code, system: ucum, code };
  }
  return uncoded(field.text(1), field.text(2));
}

/** By the source's own table; what it does not know is reported. */
function translated(obx: Segment, unit: Unit, draft: Draft): Unit {
  const { context } = draft;
  const field = obx.field(6);
  const code = valued(field.text(1));
  if (code === undefined) return unit;
  const system = draft.localSystem(valued(field.text(3)) ?? 'OBX-6');
  const known = context.translate?.(system, code).find((one) => one.system === ucum);
  if (known !== undefined) return { ...unit, system: ucum, code: known.code };
  context.onLocalCode?.({ system, code, location: 'OBX-6' });
  return unit;
}

/** A unit as a text, with a name beside it or not. */
export function uncoded(code: string, name = ''): Unit {
  const unit = firstValued(name, code);
  const sent = valued(code);
  if (unit === undefined) return {};
  return sent !== undefined && isUnmistakableUnit(sent) ? { unit, system: ucum, code: sent } : { unit };
}
