import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { compact, valued } from '../compact.js';
import { numeric } from '../datatypes/nm.js';
import { reportLocal } from '../datatypes/translate-local.js';
import { codedUnit, quantityOf } from '../datatypes/unit.js';
import type { Draft } from '../draft.js';
import { detachedCopy, type ReadCode, readingKey, readOnce } from '../recent-readings.js';

const number = String.raw`[+-]?\d*\.?\d+`;
const between = new RegExp(`^(${number})\\s*(?:-|–|to)\\s*(${number})$`);
const bounded = new RegExp(`^(<=?|>=?)\\s*(${number})$`);

/**
 * OBX-7: `70-105`, `< 5`, `>= 10`, or a text. The text always stays; bounds are read only where the value is a number.
 * FHIR's bounds are inclusive: `< 5` as `high` 5 is right only together with its text.
 */
export function referenceRange(obx: Segment, draft: Draft): Json | undefined {
  const [sent, unit, type] = [obx.field(7).plain, obx.field(6).plain, obx.field(2).text()];
  const isNumeric = type === 'NM' || type === 'SN';
  const { value, local } =
    readOnce({
      recent: draft.context.recent?.ranges,
      key: unit === undefined ? undefined : readingKey(sent, `OBX-7 ${isNumeric} ${unit.length} ${unit}`),
      read: () => readRange(obx, isNumeric, draft),
      lasting: detachedCopy,
    }) ?? nothing;
  reportLocal(local, draft);
  return value;
}

const nothing: ReadCode<Json | undefined> = { value: undefined, local: [] };

/** A laboratory has so many ranges. */
function readRange(obx: Segment, isNumeric: boolean, draft: Draft): ReadCode<Json> | undefined {
  const text = valued(obx.field(7).formatted);
  if (text === undefined) return undefined;
  const { value: unit, local } = codedUnit(obx, draft);
  const [low, high] = isNumeric ? boundsOf(text).map(numeric) : [];
  const range = compact({ low: low && quantityOf(low, unit), high: high && quantityOf(high, unit), text });
  return range && { value: range, local };
}

function boundsOf(text: string): readonly string[] {
  const [, low, high] = between.exec(text) ?? [];
  if (low !== undefined && high !== undefined) return [low, high];
  const [, comparator, bound] = bounded.exec(text) ?? [];
  if (comparator === undefined || bound === undefined) return [];
  return comparator.startsWith('<') ? ['', bound] : [bound, ''];
}
