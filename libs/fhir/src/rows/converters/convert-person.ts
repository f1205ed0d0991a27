import type { RowValue } from '@anamnesis/core';
import { unicodeOfZawgyi } from '@anamnesis/hl7v2';
import type { Address, ContactPoint, Extension, HumanName } from '../../fhir-types.js';
import { compact } from '../../v2/compact.js';
import type { ConverterOptions } from '../mapping-file.js';
import { allTexts, Fault, type Converter, type Place } from './converter.js';

/**
 * A name in one column, or (several columns) each part in its own. `text` is the name as stored; the parts are read only
 * as far as `order` says how. Given names are never split (identity.md §5).
 */
export function convertName(
  values: readonly RowValue[],
  { options }: Place,
): (HumanName & Written) | undefined | Fault {
  const texts = allTexts(values);
  if (texts instanceof Fault) return texts;
  const whole = texts
    .join(options.separator ?? ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (whole === '') return undefined;
  const { family, given } = partsOf(texts, whole, options);
  return compact({
    extension: written(options.language),
    use: options.use,
    text: unicodeOfZawgyi(whole) ?? whole,
    family,
    given: given === undefined ? [] : [given],
  });
}

interface NameParts {
  readonly family?: string | undefined;
  readonly given?: string | undefined;
}

function partsOf(texts: readonly string[], whole: string, { order = 'whole' }: ConverterOptions): NameParts {
  if (order === 'whole') return {};
  const parts = texts.length > 1 ? texts : whole.split(order === 'family, given' ? /\s*,\s*/ : ' ');
  if (parts.length < 2) return {};
  const isFamilyLast = order === 'given-family';
  const family = isFamilyLast ? parts.at(-1) : parts[0];
  const given = (isFamilyLast ? parts.slice(0, -1) : parts.slice(1)).join(' ').trim();
  return { ...(family !== '' && { family }), ...(given !== '' && { given }) };
}

/** What says in which language, and so in which script, something is written. */
type Written = { readonly extension?: readonly Extension[] };

function written(language: string | undefined): readonly Extension[] {
  if (language === undefined) return [];
  return [{ url: 'http://hl7.org/fhir/StructureDefinition/language', valueCode: language }];
}

/** One column: the address as text. Several: each a line of it. */
export function convertAddress(
  values: readonly RowValue[],
  { options }: Place,
): (Address & Written & { readonly text?: string }) | undefined | Fault {
  const texts = allTexts(values);
  if (texts instanceof Fault) return texts;
  return compact({
    extension: written(options.language),
    use: options.use,
    text: texts.join(options.separator ?? ', '),
    line: texts.length > 1 ? texts : [],
  });
}

/** The number as stored: nobody is called by what we make of it. */
export function contactConverter(system: 'phone' | 'email'): Converter {
  return (values, { options }): ContactPoint | undefined | Fault => {
    const texts = allTexts(values);
    return texts instanceof Fault ? texts : compact({ system, value: texts.join(' '), use: options.use });
  };
}
