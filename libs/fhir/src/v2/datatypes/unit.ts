import type { Field, Segment } from '@anamnesis/hl7v2';
import { firstValued, valued } from '../compact.js';
import { codingSystem } from '../tables/coding-systems.js';
import { isUcum, isUnmistakableUnit } from '../tables/ucum.js';

const ucum = 'http://unitsofmeasure.org';

export type Unit = { readonly unit?: string; readonly system?: string; readonly code?: string };

// OBX-6
export function unitOf(obx: Segment): Unit {
  return unitIn(obx.field(6));
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

/** A unit as a text, with a name beside it or not. */
export function uncoded(code: string, name = ''): Unit {
  const unit = firstValued(name, code);
  const sent = valued(code);
  if (unit === undefined) return {};
  return sent !== undefined && isUnmistakableUnit(sent) ? { unit, system: ucum, code: sent } : { unit };
}
