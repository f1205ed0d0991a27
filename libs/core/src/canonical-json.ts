/** What JSON can say. Members that are `undefined` count as absent, as in `JSON.stringify`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json | undefined };

/**
 * The one spelling of a JSON value that signatures and digests are made over: JSON Canonicalization Scheme, RFC 8785.
 * Members sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them. Throws `TypeError`
 * for what JSON cannot say (NaN, infinities, lone surrogates, functions).
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one === undefined ? null : one)).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  throw new TypeError(`JSON has no ${typeof value}`);
}

function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    // Code unit order, which is what `<` compares.
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${canonicalString(name)}:${canonicalJson(one)}`).join(',')}}`;
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('JSON text cannot hold a lone surrogate');
  return JSON.stringify(value);
}
