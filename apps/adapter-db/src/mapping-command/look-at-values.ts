import type { Row } from '@anamnesis/core';
import { readsDate } from '@anamnesis/fhir';
import type { LiveColumn } from './live-database.js';
import type { ColumnKind } from './guesses.js';

/** Members of a rule as YAML, and what a person should look at. */
export interface ValueGuess {
  readonly members: readonly string[];
  readonly remark: string;
}

const days = [
  'yyyy-MM-dd',
  'dd/MM/yyyy',
  'MM/dd/yyyy',
  'd/M/yyyy',
  'M/d/yyyy',
  'dd-MM-yyyy',
  'dd.MM.yyyy',
  'yyyyMMdd',
  'dd-MMM-yyyy',
  'dd MMM yyyy',
  'yyyy',
];
const times = ['', ' HH:mm', ' HH:mm:ss', ' H:mm', ' h:mm a'];
const formats = days.flatMap((day) => times.map((time) => `${day}${time}`));
const temporal = /^(date|datetime|timestamp|datetimextended)$/;

/** What the first values of a column say of how it is to be read. No value is repeated. */
export function lookAtValues(column: LiveColumn, rows: readonly Row[], kind: ColumnKind): ValueGuess {
  const texts = rows.map((row) => row[column.name] ?? null).filter((one) => one !== null && one !== '');
  const said = texts.filter((one) => typeof one !== 'object').map((one) => String(one).trim());
  if (kind === 'date' || kind === 'dateTime') return temporal.test(column.type) ? plain('') : dates(said);
  if (kind === 'sex') return sexes(said);
  if (kind === 'name') return names(said);
  return plain('');
}

function plain(remark: string): ValueGuess {
  return { members: [], remark };
}

function dates(texts: readonly string[]): ValueGuess {
  if (texts.length === 0) return plain('no value was seen: say the format');
  const counts = formats.map((format) => texts.filter((text) => readsDate(text, format)).length);
  const most = Math.max(...counts);
  const [first = '', ...others] = formats.filter((_, at) => counts[at] === most);
  // In a table that people have written for years some value is none.
  if (most * 2 <= texts.length) return plain('no format fits most values that were seen: say which');
  const members = first === 'yyyy-MM-dd' ? [] : [`format: ${quoted(first)}`];
  const remarks = [
    ...(most < texts.length ? [`${texts.length - most} of ${texts.length} values that were seen do not fit it`] : []),
    ...(others.length > 0 ? [`fits also ${others.join(' and ')}`] : []),
  ];
  return { members, remark: remarks.join('; ') };
}

const knownSexes: Readonly<Record<string, string>> = {
  m: 'male',
  f: 'female',
  male: 'male',
  female: 'female',
  o: 'other',
  u: 'unknown',
  other: 'other',
  unknown: 'unknown',
};
const codesMax = 12;

function sexes(texts: readonly string[]): ValueGuess {
  const codes = [...new Set(texts)].sort();
  if (codes.length === 0) return plain('');
  if (codes.every((code) => Object.hasOwn(knownSexes, code.toLowerCase()))) return plain('');
  if (codes.length > codesMax) return plain('more codes than a sex has');
  const table = codes.map((code) => `${quoted(code)}: ${knownSexes[code.toLowerCase()] ?? 'unknown'}`);
  return { members: [`codes: { ${table.join(', ')} }`], remark: 'say what each code means' };
}

/** Scripts of which one language is by far the most likely in a hospital here. */
const scripts: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Arabic}/u, 'ur'],
  [/\p{Script=Myanmar}/u, 'my'],
];

function names(texts: readonly string[]): ValueGuess {
  const [, language] = scripts.find(([script]) => texts.some((text) => script.test(text))) ?? [];
  const hasComma = texts.length > 0 && texts.every((text) => text.includes(','));
  const order = hasComma ? `order: ${quoted('family, given')}` : 'order: given-family';
  return {
    members: [order, ...(language === undefined ? [] : [`language: ${language}`])],
    remark: 'is the order of the names right?',
  };
}

/** A YAML scalar that is a text whatever it looks like. */
export function quoted(text: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(text) && !/^(true|false|null|y|n|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
