import { canonicalJson } from '@anamnesis/core';

const placeholder = '__debezium_unavailable_value';
const bytes = Buffer.from(placeholder);
const map = { [placeholder]: placeholder };

/** As a text, bytes, a text that is JSON, a list of texts, of bytes and of numbers, an hstore. */
const texts: readonly string[] = [placeholder, bytes.toString('base64'), canonicalJson(map)];
const others: readonly string[] = [...texts.map((text) => [text]), [...bytes], map].map((form) => canonicalJson(form));
/** Longer than any of these. */
const lengthMax = bytes.length;

/**
 * Is this what Debezium writes in place of a PostgreSQL value that was too large to be logged and was not changed? It has the
 * form of the column's type.
 */
export function isUnavailable(value: unknown): boolean {
  if (typeof value === 'string') return texts.includes(value);
  if (typeof value !== 'object' || value === null || Object.keys(value).length > lengthMax) return false;
  return others.includes(canonicalJson(value));
}
