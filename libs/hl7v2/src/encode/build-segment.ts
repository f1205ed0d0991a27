import { encodingCharacters, type Delimiters } from '../message/delimiters.js';
import { escapeText } from '../text/escape-text.js';

/** A component: its text, or its subcomponents. */
export type ComponentValue = string | readonly string[];
/** A field: text, components, or repetitions of either. Texts are plain: escaping is done here. */
export type FieldValue =
  string | readonly ComponentValue[] | { readonly repetitions: readonly (string | readonly ComponentValue[])[] };

/**
 * One segment as text, escaped, without its CR and without empty parts at the end. `fields` start at 1; for MSH, BHS and FHS
 * at 3, since 1 and 2 are the delimiters.
 */
export function buildSegment(delimiters: Delimiters, name: string, fields: readonly FieldValue[]): string {
  const definesDelimiters = name === 'MSH' || name === 'BHS' || name === 'FHS';
  const head = definesDelimiters ? [name, encodingCharacters(delimiters)] : [name];
  return trimmedJoin([...head, ...fields.map((field) => fieldText(delimiters, field))], delimiters.field);
}

function fieldText(delimiters: Delimiters, field: FieldValue): string {
  if (typeof field === 'string') return escapeText(field, delimiters);
  if ('repetitions' in field) {
    return field.repetitions.map((one) => repetitionText(delimiters, one)).join(delimiters.repetition);
  }
  return repetitionText(delimiters, field);
}

function repetitionText(delimiters: Delimiters, value: string | readonly ComponentValue[]): string {
  if (typeof value === 'string') return escapeText(value, delimiters);
  return trimmedJoin(
    value.map((component) => componentText(delimiters, component)),
    delimiters.component,
  );
}

function componentText(delimiters: Delimiters, value: ComponentValue): string {
  if (typeof value === 'string') return escapeText(value, delimiters);
  const texts = value.map((one) => escapeText(one, delimiters));
  // Without a subcomponent separator only the first can be said.
  return delimiters.subcomponent === undefined ? (texts[0] ?? '') : trimmedJoin(texts, delimiters.subcomponent);
}

function trimmedJoin(texts: readonly string[], separator: string): string {
  let count = texts.length;
  while (count > 0 && texts[count - 1] === '') count--;
  return texts.slice(0, count).join(separator);
}
