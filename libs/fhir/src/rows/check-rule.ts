import { isZone, own, type Tell } from './file-check.js';
import { takesOption } from './converters/converter-options.js';
import { defaultConverter, fillsType } from './converters/converters.js';
import { dateFormat } from './converters/date-format.js';
import type {
  ColumnRule,
  ConstantRule,
  ConverterName,
  ConverterOptions,
  RowMappingFile,
  RowReferenceRule,
} from './mapping-file.js';
import type { FilePath } from './mapping-text.js';
import type { PlacedRule } from './slot-plan.js';

/** Where a rule stands in the file. */
export interface CheckedPlace {
  readonly mapping: RowMappingFile;
  readonly at: FilePath;
  readonly tell: Tell;
}

/** Can this rule fill this element? */
export function checkRule({ path, rule }: PlacedRule, place: CheckedPlace): void {
  const { type } = path;
  if ('constant' in rule) checkConstant(rule, path, place);
  else if ('row' in rule) checkRowReference(rule, path, place);
  else {
    if (rule.columns.length === 0) place.tell(place.at, 'needs one of column, columns, const, row');
    const name = rule.as ?? defaultConverter(type) ?? (type.name === 'Reference' ? 'text' : undefined);
    if (name === undefined) place.tell(place.at, `${type.name} has no converter: name the elements below it`);
    else if (!fillsType(name, type)) place.tell(place.at, `the converter ${name} fills no ${type.name}`);
    else checkOptions(rule, name, { ...place, path });
  }
}

function checkConstant(
  { constant }: ConstantRule,
  { type, isWholeList }: PlacedRule['path'],
  { at, tell }: CheckedPlace,
): void {
  if (typeof constant === 'object' && !isWholeList) tell(at, 'several values where FHIR has one');
  for (const value of [constant].flat()) {
    const text = constantProblem(value, type);
    if (text !== undefined) tell(at, text);
  }
}

function constantProblem(value: string | number | boolean, type: PlacedRule['path']['type']): string | undefined {
  if (/^[A-Z]/.test(type.name)) return `${type.name} is no single value: name the elements below it`;
  if (type.codes !== undefined && !type.codes.includes(String(value))) return `must be one of ${type.codes.join(', ')}`;
  const expected =
    { boolean: 'boolean', integer: 'number', positiveInt: 'number', decimal: 'number' }[type.name] ?? 'string';
  return typeof value === expected ? undefined : `${type.name} is a ${expected}`;
}

function checkRowReference(
  { row, columns }: RowReferenceRule,
  { type }: PlacedRule['path'],
  place: CheckedPlace,
): void {
  const { at, tell, mapping } = place;
  const table = own(mapping.tables, row);
  const target = table?.resources[0]?.type;
  if (type.name !== 'Reference') tell(at, `${type.name} is no reference`);
  if (table === undefined || target === undefined) {
    tell(at, `no table "${row}" in this file`);
    return;
  }
  if (type.targets?.includes(target) === false)
    tell(at, `may refer to ${type.targets.join(', ')}; rows of ${row} are ${target}`);
  if (columns.length !== table.key.length)
    tell(at, `the key of ${row} has ${table.key.length} column(s), here are ${columns.length}`);
}

interface CheckedOptions extends CheckedPlace {
  readonly path: PlacedRule['path'];
}

/** Converters of one value read one column; of a whole list, one each. */
const several: readonly ConverterName[] = ['text', 'name', 'address', 'phone', 'email', 'note'];

function checkOptions({ columns, options }: ColumnRule, name: ConverterName, place: CheckedOptions): void {
  const { at, tell, path } = place;
  if (columns.length > 1 && !several.includes(name) && !path.isWholeList) tell(at, `${name} reads one column`);
  for (const option of Object.keys(options) as (keyof ConverterOptions)[]) {
    const problem = takesOption(name, option)
      ? optionProblem(option, options)
      : `the converter ${name} has no such option`;
    if (problem !== undefined) tell([...at, option], problem);
  }
  checkCodes(options, place);
}

function optionProblem(option: keyof ConverterOptions, options: ConverterOptions): string | undefined {
  const { format = '', zone = '', language = '' } = options;
  if (option === 'format' && dateFormat(format) === undefined)
    return 'no date format: yyyy, MM or M or MMM, dd or d, HH or H, hh or h with a, mm, ss, SSS';
  if (option === 'zone' && !isZone(zone)) return 'no IANA time zone (Asia/Karachi)';
  const isTag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(language);
  return option === 'language' && !isTag ? 'no language tag (ur, my, en-GB)' : undefined;
}

function checkCodes({ codes, otherwise, ifSet, ifEmpty }: ConverterOptions, place: CheckedOptions): void {
  const { at, tell, mapping, path } = place;
  const table = codes === undefined ? undefined : own(mapping.codes, codes);
  if (codes !== undefined && table === undefined) tell([...at, 'codes'], `no table "${codes}" under codes`);
  const allowed = path.type.codes;
  if (allowed === undefined) return;
  const meanings = Object.values(table ?? {}).map((one) => (typeof one === 'string' ? one : one.code));
  const wrong = [...meanings, otherwise, ifSet, ifEmpty].filter((one) => one !== undefined && !allowed.includes(one));
  if (wrong.length > 0) tell(at, `not among the codes of FHIR: ${wrong.join(', ')}; there are ${allowed.join(', ')}`);
}
