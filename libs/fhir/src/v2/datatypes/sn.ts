import type { Repetition } from '@anamnesis/hl7v2';
import type { Decimal, Quantity, Range, Ratio } from '../../fhir-types.js';
import { compact, valuedAll } from '../compact.js';
import { numeric } from './nm.js';
import type { Unit } from '../recent-readings.js';

export type StructuredNumber =
  | { readonly valueQuantity: Quantity }
  | { readonly valueRatio: Ratio }
  | { readonly valueRange: Range }
  | { readonly valueString: string };

const comparators = new Set(['<', '<=', '>', '>=']);

/**
 * SN: `>^100`, `^1^:^128`, `^10^-^20`, `^3^+`. FHIR has no place for `<>` and `+`, nor for a compared ratio or range: they
 * stay text. Undefined when nothing is said.
 */
export function structuredNumber(sn: Repetition, unit: Unit): StructuredNumber | undefined {
  const part = (n: number) => sn.text(n).trim();
  const parts = [part(1), part(2), part(3), part(4)] as const;
  return numberOf(parts, unit) ?? textOf(parts, unit);
}

type Parts = readonly [comparator: string, first: string, separator: string, second: string];

function numberOf([comparator, one, separator, other]: Parts, unit: Unit): StructuredNumber | undefined {
  const value = numeric(one);
  if (value === undefined || !isPlain(comparator)) return undefined;
  const first: Quantity = { value, ...(comparators.has(comparator) && { comparator }), ...unit };
  if (separator === '' && other === '') return { valueQuantity: first };
  return comparators.has(comparator) ? undefined : pairOf({ first, separator, unit }, numeric(other));
}

interface FirstNumber {
  readonly first: Quantity;
  readonly separator: string;
  readonly unit: Unit;
}

function pairOf({ first, separator, unit }: FirstNumber, value: Decimal | undefined): StructuredNumber | undefined {
  if (value === undefined) return undefined;
  if (separator === '-') return { valueRange: { low: first, high: { value, ...unit } } };
  // The unit is that of the whole ratio; a titre has none.
  return [':', '/'].includes(separator) ? { valueRatio: { numerator: first, denominator: { value } } } : undefined;
}

function isPlain(comparator: string): boolean {
  return comparator === '' || comparator === '=' || comparators.has(comparator);
}

function textOf(parts: readonly string[], { unit }: Unit): StructuredNumber | undefined {
  const said = compact({ parts: valuedAll(parts) });
  return said && { valueString: [...said.parts, ...(unit === undefined ? [] : [unit])].join(' ') };
}
