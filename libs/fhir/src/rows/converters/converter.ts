import type { Json, Row, RowValue } from '@anamnesis/core';
import type { MappingContext } from '../../v2/mapping-context.js';
import type { ConverterOptions, LocalCodeMeaning, LocalCodes } from '../mapping-file.js';
import type { ElementType } from '../r4/structure.js';

/** Why a value does not convert: a rule by its name, and what was looked for. Never the value. */
export class Fault {
  constructor(
    readonly rule: FaultRule,
    readonly text: string,
  ) {}
}

/** Counted as findings under these names (docs/mapping-rows.md). */
export const faultRules = [
  'row-date',
  'row-number',
  'row-boolean',
  'row-code',
  'row-text',
  'row-bytes',
  'row-column',
  'row-key',
  'row-patient',
  'row-required',
] as const;
export type FaultRule = (typeof faultRules)[number];

/** What a converter knows beside the values of its columns. */
export interface Place {
  readonly options: ConverterOptions;
  /** Of the element that is filled. */
  readonly type: ElementType;
  readonly row: Row;
  /** `visits.admitted_at`, as findings name it. */
  readonly location: string;
  readonly zone: string;
  /** The table that `options.codes` names. */
  readonly codes: LocalCodes | undefined;
  readonly context: MappingContext;
}

/** Values that are neither NULL nor empty, in the order of the columns; at least one, unless the converter says otherwise. */
export type Converter = (values: readonly RowValue[], place: Place) => Json | undefined | Fault;

/** Digits as they are; bytes have no text. */
export function textOf(value: RowValue): string | undefined {
  if (value === null || typeof value === 'object') return undefined;
  return typeof value === 'string' ? value.trim() : String(value);
}

/** The one text of a converter that reads one column. */
export function onlyText(values: readonly RowValue[]): string | Fault {
  const [value = null] = values;
  return textOf(value) ?? new Fault('row-bytes', 'bytes, where a text is expected');
}

export function allTexts(values: readonly RowValue[]): readonly string[] | Fault {
  const texts = values.map(textOf);
  return texts.includes(undefined)
    ? new Fault('row-bytes', 'bytes, where a text is expected')
    : texts.filter((text) => text !== undefined);
}

export function columnText(column: string | undefined, { row }: Place): string | undefined {
  const text = column === undefined ? undefined : textOf(row[column] ?? null);
  return text === '' ? undefined : text;
}

/** What the source's own table says of a code; first as it is written, then without regard to case. */
export function meaningOf(code: string, codes: LocalCodes | undefined): LocalCodeMeaning | undefined {
  if (codes === undefined) return undefined;
  if (Object.hasOwn(codes, code)) return codes[code];
  const folded = code.toLowerCase();
  return Object.entries(codes).find(([known]) => known.toLowerCase() === folded)?.[1];
}
