import type { RowValue } from '@anamnesis/core';
import type { Quantity } from '../../fhir-types.js';
import { compact } from '../../v2/compact.js';
import { isUcum, isUnmistakableUnit } from '../../v2/tables/ucum.js';
import { decimalOf } from './convert-plain.js';
import { columnText, Fault, meaningOf, onlyText, type Place } from './converter.js';

const ucum = 'http://unitsofmeasure.org';

/** A number with its digits as stored, what it is less or more than (`<5`), and its unit. */
export function convertQuantity(values: readonly RowValue[], place: Place): Quantity | undefined | Fault {
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  const [, comparator, digits = ''] = /^(<=|>=|<|>)?\s*(\S+)$/.exec(text) ?? [];
  const value = decimalOf(digits);
  return value === undefined ? new Fault('row-number', 'no number') : compact({ value, comparator, ...unitOf(place) });
}

/** `unit` of the file is UCUM; that of a column is where the source's table says so, or nothing else can be meant. */
function unitOf(place: Place): Pick<Quantity, 'unit' | 'system' | 'code'> {
  const { options, codes } = place;
  const stored = columnText(options.unitColumn, place);
  if (stored === undefined) return options.unit === undefined ? {} : { unit: options.unit, ...coded(options.unit) };
  const meaning = meaningOf(stored, codes);
  const code = typeof meaning === 'object' ? meaning.code : meaning;
  if (code !== undefined && isUcum(code)) return { unit: stored, ...coded(code) };
  return { unit: stored, ...(isUnmistakableUnit(stored) && coded(stored)) };
}

function coded(code: string): Pick<Quantity, 'system' | 'code'> {
  return isUcum(code) ? { system: ucum, code } : {};
}
