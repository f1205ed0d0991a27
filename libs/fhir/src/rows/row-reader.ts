import type { Finding, Json, Row, RowValue } from '@anamnesis/core';
import { shapeOf } from '@anamnesis/hl7v2';
import type { Reference } from '../fhir-types.js';
import { converterFor } from './converters/converters.js';
import { Fault, textOf, type Place } from './converters/converter.js';
import { isZeroDate } from './converters/date-format.js';
import type {
  ColumnRule,
  Condition,
  ConverterOptions,
  ResourceMapping,
  RowMappingFile,
  RowReferenceRule,
} from './mapping-file.js';
import type { RowContext } from './row-context.js';
import { rowReference } from './row-identity.js';
import type { PlacedRule } from './slot-plan.js';

/** A column that the change does not tell: what depends on it is neither said nor taken back. */
export const untold = Symbol('untold');
export type Untold = typeof untold;

/** By slot: its value; undefined where the row says that there is none. Slots that the row does not tell are not listed. */
export type SlotValues = ReadonlyMap<string, Json | undefined>;

/** A table of a mapping file, as values of its rows are read. */
export interface RowPlace {
  readonly table: string;
  readonly mapping: RowMappingFile;
  readonly context: RowContext;
  /** Told of every value that cannot be used; absent: nobody asks. */
  readonly onFinding?: (finding: Finding) => void;
}

/** Reads one row by the rules of its table. */
export class RowReader {
  /** What `readSlots` has read: a row is read once, and what is wrong in it told once. */
  readonly slots = new Map<ResourceMapping, SlotValues>();

  constructor(
    readonly row: Row,
    readonly place: RowPlace,
  ) {}

  /** Undefined: a column that it depends on is not told. */
  holds(conditions: readonly Condition[] = []): boolean | undefined {
    if (conditions.length === 0) return true;
    if (conditions.some(({ column }) => this.row[column] === undefined)) return undefined;
    return conditions.every((one) => this.#holds(one));
  }

  #holds({ column, isSet, is, isNot }: Condition): boolean {
    const text = textOf(this.row[column] ?? null) ?? '';
    if (isSet !== undefined && isSet === isEmpty(this.row[column] ?? null)) return false;
    return is?.includes(text) !== false && isNot?.includes(text) !== true;
  }

  /** What a rule says of this row: nothing, when its columns are empty, its conditions do not hold or a value does not convert. */
  value({ path, rule }: PlacedRule): Json | undefined | Untold | Fault {
    const holds = this.holds(rule.when);
    if (holds !== true)
      return holds === undefined ? this.#untold(rule.when?.map(({ column }) => column) ?? []) : undefined;
    if ('constant' in rule) return path.isWholeList ? [rule.constant].flat() : rule.constant;
    if ('row' in rule) return this.#reference(rule);
    const { type, isWholeList } = path;
    const found = isWholeList
      ? this.#each(rule, type)
      : this.column(rule, { type, location: this.#location(rule.columns) });
    return found;
  }

  /** The converted value of a rule's columns. */
  column(rule: ColumnRule, { type, location }: Pick<Place, 'type' | 'location'>): Json | undefined | Untold | Fault {
    const { options, columns } = rule;
    const needed = neededBy(rule);
    if (needed.some((column) => this.row[column] === undefined)) return this.#untold(needed);
    const values = columns.map((column) => this.row[column] ?? null).filter((value) => !isEmpty(value, options.empty));
    if (options.ifSet !== undefined || options.ifEmpty !== undefined)
      return values.length > 0 ? options.ifSet : options.ifEmpty;
    if (values.length === 0 && this.#isEmptyBeside(options)) return undefined;
    const { mapping, context } = this.place;
    const codes = options.codes === undefined ? undefined : mapping.codes[options.codes];
    const zone = context.zone ?? mapping.source.zone;
    return converterFor(rule.as, type)?.(values, { options, type, row: this.row, location, zone, codes, context });
  }

  #isEmptyBeside({ textColumn }: ConverterOptions): boolean {
    return textColumn === undefined || isEmpty(this.row[textColumn] ?? null);
  }

  /** Reported once for a value, by the first rule that cannot use it. */
  report({ rule, text }: Fault, columns: readonly string[]): void {
    const value = columns.map((column) => textOf(this.row[column] ?? null) ?? '').join('');
    this.place.onFinding?.({
      rule,
      location: this.#location(columns),
      text,
      ...(value !== '' && { shape: shapeOf(value) }),
    });
  }

  #each(rule: ColumnRule, type: Place['type']): Json | undefined | Untold | Fault {
    const values = rule.columns.map((column) =>
      this.column({ ...rule, columns: [column] }, { type, location: this.#location([column]) }),
    );
    if (values.includes(untold)) return untold;
    const fault = values.find((value) => value instanceof Fault);
    if (fault !== undefined) return fault;
    const said = values.filter((value): value is Json => value !== undefined && value !== untold);
    return said.length === 0 ? undefined : said;
  }

  #reference({ row: table, columns, display }: RowReferenceRule): Reference | undefined | Untold {
    const missing = [...columns, ...(display === undefined ? [] : [display])].filter(
      (one) => this.row[one] === undefined,
    );
    if (missing.length > 0) return this.#untold(missing);
    const key = columns.map((column) => this.row[column] ?? null);
    if (key.some((value) => isEmpty(value))) return undefined;
    const shown = display === undefined ? undefined : textOf(this.row[display] ?? null);
    const reference = rowReference({ ...this.place, table }, key);
    return { ...reference, ...(shown !== undefined && shown !== '' && { display: shown }) };
  }

  #untold(columns: readonly string[]): Untold {
    for (const column of columns.filter((one) => this.row[one] === undefined))
      this.report(new Fault('row-column', 'the change does not tell this column'), [column]);
    return untold;
  }

  #location([column = '']: readonly string[]): string {
    return `${this.place.table}.${column}`;
  }
}

/** All columns that a rule reads: worked out once for each, as each row asks for it. */
function neededBy(rule: ColumnRule): readonly string[] {
  const known = needs.get(rule);
  if (known !== undefined) return known;
  const { textColumn, unitColumn, displayColumn } = rule.options;
  const beside = [textColumn, unitColumn, displayColumn].filter((one) => one !== undefined);
  const needed = [...rule.columns, ...beside];
  needs.set(rule, needed);
  return needed;
}

const needs = new WeakMap<ColumnRule, readonly string[]>();

/** Also no date at all, which old tables have where others have NULL. */
export function isEmpty(value: RowValue, meaningless: readonly string[] = []): boolean {
  if (value === null) return true;
  const text = textOf(value);
  return text !== undefined && (text === '' || isZeroDate(text) || meaningless.includes(text));
}
