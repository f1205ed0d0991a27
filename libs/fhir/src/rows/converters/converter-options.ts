import type { ConverterName, ConverterOptions } from '../mapping-file.js';

type OptionName = keyof ConverterOptions;

/** Said of any value of a column. */
const always: readonly OptionName[] = ['empty', 'ifSet', 'ifEmpty'];
const coded: readonly OptionName[] = ['codes', 'otherwise'];

/** What each converter takes beside what all take. */
const taken: Readonly<Record<ConverterName, readonly OptionName[]>> = {
  text: [...coded, 'separator'],
  date: ['format'],
  dateTime: ['format', 'zone'],
  time: [],
  boolean: ['yes', 'no'],
  integer: [],
  decimal: [],
  sex: coded,
  name: ['order', 'language', 'use', 'separator'],
  address: ['separator', 'language', 'use'],
  phone: ['use'],
  email: ['use'],
  quantity: ['unit', 'unitColumn', 'codes'],
  concept: ['system', 'display', 'displayColumn', 'textColumn', ...coded],
  identifier: ['system', 'type', 'use'],
  note: ['separator'],
  base64: [],
};

export const converterNames = Object.keys(taken) as readonly ConverterName[];
export const optionNames: readonly OptionName[] = [...new Set([...always, ...Object.values(taken).flat()])];

export function takesOption(converter: ConverterName, option: OptionName): boolean {
  return always.includes(option) || taken[converter].includes(option);
}

/** Options that name a column. */
export const columnOptions = ['displayColumn', 'textColumn', 'unitColumn'] as const;
