import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { compact, valued } from '../compact.js';
import { numeric } from '../datatypes/nm.js';
import { unitOf } from '../datatypes/unit.js';
import type { Draft } from '../draft.js';
import { type Bounds, detachedCopy, readingKey, readOnce } from '../recent-readings.js';

const number = String.raw`[+-]?\d*\.?\d+`;
const between = new RegExp(`^(${number})\\s*(?:-|–|to)\\s*(${number})$`);
const bounded = new RegExp(`^(<=?|>=?)\\s*(${number})$`);

/**
 * OBX-7: `70-105`, `< 5`, `>= 10`, or a text. The text always stays; bounds are read only where the value is a number.
 * FHIR's bounds are inclusive: `< 5` as `high` 5 is right only together with its text.
 */
export function referenceRange(obx: Segment, draft: Draft): Json | undefined {
  const text = valued(obx.field(7).formatted);
  if (text === undefined) return undefined;
  const type = obx.field(2).text();
  const unit = unitOf(obx, draft);
  const { low, high } = type === 'NM' || type === 'SN' ? recentBounds(text, draft) : noBounds;
  return compact({ low: low && { value: low, ...unit }, high: high && { value: high, ...unit }, text });
}

const noBounds: Bounds = { low: undefined, high: undefined };

/** A laboratory has so many ranges. */
function recentBounds(text: string, { context }: Draft): Bounds {
  const found = readOnce({
    recent: context.recent?.bounds,
    key: readingKey(text, 'OBX-7'),
    read: () => readBounds(text),
    lasting: detachedCopy,
  });
  return found ?? noBounds;
}

function readBounds(text: string): Bounds {
  const [low = '', high = ''] = boundsOf(text) ?? [];
  return { low: numeric(low), high: numeric(high) };
}

function boundsOf(text: string): readonly [string, string] | undefined {
  const [, low, high] = between.exec(text) ?? [];
  if (low !== undefined && high !== undefined) return [low, high];
  const [, comparator, bound] = bounded.exec(text) ?? [];
  if (comparator === undefined || bound === undefined) return undefined;
  return comparator.startsWith('<') ? ['', bound] : [bound, ''];
}
