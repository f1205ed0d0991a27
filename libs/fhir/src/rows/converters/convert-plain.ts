import type { RowValue } from '@anamnesis/core';
import { decimal } from '../../decimal.js';
import type { Decimal } from '../../fhir-types.js';
import { allTexts, Fault, onlyText, type Place } from './converter.js';

/** What databases and their programs write for yes and no; -1 is Access's yes. */
const yes = ['true', '1', '-1', 'y', 'yes', 't'];
const no = ['false', '0', 'n', 'no', 'f'];
/** FHIR R4 string: at most 1 MB. */
const textLengthMax = 1_000_000;

export function convertBoolean(values: readonly RowValue[], { options }: Place): boolean | Fault {
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  const word = text.toLowerCase();
  const isIn = (words: readonly string[]) => words.some((one) => one.toLowerCase() === word);
  if (isIn(options.yes ?? yes)) return true;
  return isIn(options.no ?? no) ? false : new Fault('row-boolean', 'neither yes nor no');
}

export function convertInteger(values: readonly RowValue[], { type }: Place): number | Fault {
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  const value = /^-?\d{1,10}(?:\.0+)?$/.test(text) ? Number(text) : NaN;
  const least = { positiveInt: 1, unsignedInt: 0 }[type.name] ?? -2_147_483_648;
  return value >= least && value <= 2_147_483_647 ? value : new Fault('row-number', `no ${type.name}`);
}

/** With the digits as stored: 7.10 stays 7.10. */
export function convertDecimal(values: readonly RowValue[]): Decimal | Fault {
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  return decimalOf(text) ?? new Fault('row-number', 'no decimal number');
}

/** `.5`, `+5` and `007` are numbers of databases, though not of FHIR. */
export function decimalOf(text: string): Decimal | undefined {
  return decimal(
    text
      .replace(/^\+/, '')
      .replace(/^(-?)0+(?=\d)/, '$1')
      .replace(/^(-?)\./, '$10.')
      .replace(/\.$/, ''),
  );
}

/** Several columns on one line. Characters that FHIR has no room for become blanks. */
export function convertText(values: readonly RowValue[], { options, type }: Place): string | undefined | Fault {
  const texts = allTexts(values);
  if (texts instanceof Fault) return texts;
  return cleanText(texts.join(options.separator ?? ' '), type.name);
}

/** A code, a URI and an id have rules of their own (FHIR R4 §2.24.0.1). */
export function cleanText(text: string, type: string): string | undefined | Fault {
  // eslint-disable-next-line no-control-regex -- the characters that FHIR forbids in a string
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ').trim();
  if (clean === '') return undefined;
  if (clean.length > textLengthMax) return new Fault('row-text', 'longer than FHIR allows');
  if (type === 'code') return clean.replace(/\s+/g, ' ');
  if (['uri', 'url', 'canonical'].includes(type) && /\s/.test(clean)) return new Fault('row-text', `no ${type}`);
  return clean;
}

export function convertBase64(values: readonly RowValue[]): string | Fault {
  const [value = null] = values;
  if (typeof value === 'object' && value !== null) return value.base64;
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('base64') : new Fault('row-bytes', 'no bytes');
}
