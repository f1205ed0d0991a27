/** What JSON can say. Members that are `undefined` count as absent, as in `JSON.stringify`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json | undefined };

/**
 * The one spelling of a JSON value that signatures and digests are made over: JSON Canonicalization Scheme, RFC 8785.
 * Members sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them. Throws `TypeError`
 * for what JSON cannot say (NaN, infinities, lone surrogates, functions).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return canonicalString(value);
  if (Array.isArray(value)) return canonicalList(value);
  if (typeof value === 'object' && value !== null) return canonicalObject(value as Readonly<Record<string, unknown>>);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  throw new TypeError(`JSON has no ${typeof value}`);
}

function canonicalList(values: readonly unknown[]): string {
  let text = '';
  for (const one of values) text += `${text === '' ? '' : ','}${canonicalJson(one === undefined ? null : one)}`;
  return `[${text}]`;
}

function canonicalObject(value: Readonly<Record<string, unknown>>): string {
  let text = '';
  // Code unit order, which is what `sort` compares.
  for (const name of Object.keys(value).sort()) {
    const one = value[name];
    if (one !== undefined) text += `${text === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(one)}`;
  }
  return `{${text}}`;
}

/** Most strings are ASCII with nothing to escape: they are looked through once and stand as they are. */
const plain = /^[ !#-[\]-~]*$/;

function canonicalString(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('JSON text cannot hold a lone surrogate');
  return JSON.stringify(value);
}
