import type { Delimiters } from '../message/delimiters.js';

/** A component: its text, or its subcomponents. */
export type ComponentValue = string | readonly string[];
/** A field: text, components, or repetitions of either. Texts are plain: escaping is done here. */
export type FieldValue =
  string | readonly ComponentValue[] | { readonly repetitions: readonly (string | readonly ComponentValue[])[] };

/** One segment as text, escaped, without its CR. Fields start at 1; for MSH, BHS and FHS at 3. */
export function buildSegment(_delimiters: Delimiters, name: string, _fields: readonly FieldValue[]): string {
  return name;
}
