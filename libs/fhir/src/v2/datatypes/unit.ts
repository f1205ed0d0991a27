import type { Writable } from '@anamnesis/core';
import type { Field, Segment } from '@anamnesis/hl7v2';
import type { Decimal, Quantity } from '../../fhir-types.js';
import { firstValued, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { detachedCopy, type ReadCode, readingKey, readOnce, type Unit } from '../recent-readings.js';
import { codingSystem } from '../tables/coding-systems.js';
import { isUcum, isUnmistakableUnit } from '../tables/ucum.js';
import { reportLocal } from './translate-local.js';

const ucum = 'http://unitsofmeasure.org';

/**
 * OBX-6: UCUM where the sender says so and it is, where nothing else can be meant, or where the source's own table says what
 * is meant; otherwise text only. What was sent stays as the text.
 */
export function unitOf(obx: Segment, draft: Draft): Unit {
  const { value, local } = codedUnit(obx, draft);
  reportLocal(local, draft);
  return value;
}

/** The same, and what is to be reported of it. */
export function codedUnit(obx: Segment, draft: Draft): ReadCode<Unit> {
  const field = obx.field(6);
  const found = readOnce({
    recent: draft.context.recent?.units,
    key: readingKey(field.plain, 'OBX-6'),
    read: () => readUnit(field, draft),
    lasting: detachedCopy,
  });
  return found ?? none;
}

/** A number with its unit. */
export function quantityOf(value: Decimal, { unit, system, code }: Unit): Quantity {
  const quantity: Writable<Quantity> = { value };
  if (unit !== undefined) quantity.unit = unit;
  if (system !== undefined) quantity.system = system;
  if (code !== undefined) quantity.code = code;
  return quantity;
}

const none: ReadCode<Unit> = { value: {}, local: [] };

function readUnit(field: Field, draft: Draft): ReadCode<Unit> {
  const unit = unitIn(field);
  return unit.code === undefined ? translated(field, unit, draft) : { value: unit, local: [] };
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
function translated(field: Field, unit: Unit, draft: Draft): ReadCode<Unit> {
  const code = valued(field.text(1));
  if (code === undefined) return { value: unit, local: [] };
  const system = draft.localSystem(valued(field.text(3)) ?? 'OBX-6');
  const known = draft.context.translate?.(system, code).find((one) => one.system === ucum);
  if (known !== undefined) return { value: { ...unit, system: ucum, code: known.code }, local: [] };
  return { value: unit, local: [{ system, code, location: 'OBX-6' }] };
}

/** A unit as a text, with a name beside it or not. */
export function uncoded(code: string, name = ''): Unit {
  const unit = firstValued(name, code);
  const sent = valued(code);
  if (unit === undefined) return {};
  return sent !== undefined && isUnmistakableUnit(sent) ? { unit, system: ucum, code: sent } : { unit };
}
