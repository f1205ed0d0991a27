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
  if (typeof value === 'object' && value !== null) return canonicalWithout(value, nothing);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`JSON has no ${typeof value}`);
}

function canonicalList(list: readonly unknown[]): string {
  const texts: string[] = [];
  for (const one of list) texts.push(canonicalJson(one === undefined ? null : one));
  return `[${texts.join(',')}]`;
}

const nothing: readonly string[] = [];

/**
 * The same of an object without some of its members.
 *
 * No lists of entries: every event is signed and stored over this. Joined, not added up: a text that was added up is held
 * as its many pieces for as long as nobody reads it, several times its size.
 */
export function canonicalWithout(value: object, leftOut: readonly string[]): string {
  const members: string[] = [];
  for (const name of inOrder(Object.keys(value))) {
    const one = (value as Readonly<Record<string, unknown>>)[name];
    if (one !== undefined && !leftOut.includes(name)) members.push(`${canonicalName(name)}:${canonicalJson(one)}`);
  }
  return `{${members.join(',')}}`;
}

/** The same of an object, members of which have been written in this form before: they are not written again. */
export function canonicalWith<Value extends object>(
  value: Value,
  written: { readonly [Member in keyof Value]?: string | undefined },
): string {
  const members: string[] = [];
  for (const name of inOrder(Object.keys(value))) {
    const one = value[name as keyof Value];
    const text = Object.hasOwn(written, name) ? written[name as keyof Value] : undefined;
    if (one !== undefined) members.push(`${canonicalName(name)}:${text ?? canonicalJson(one)}`);
  }
  return `{${members.join(',')}}`;
}

/** Code unit order, which is what `<` compares and `sort` sorts by. */
function inOrder(names: string[]): readonly string[] {
  for (let at = 1; at < names.length; at++) if ((names[at] ?? '') < (names[at - 1] ?? '')) return names.sort();
  return names;
}

/** Names of members come back in every value; those met first are remembered. */
const knownNames = new Map<string, string>();
const knownNamesMax = 2000;

function canonicalName(name: string): string {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const text = canonicalString(name);
  if (knownNames.size < knownNamesMax) knownNames.set(name, text);
  return text;
}

/** What does not stand for itself between quotes (ECMA-404 §9), and halves of characters. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/; // eslint-disable-line no-control-regex -- these are what is escaped

function canonicalString(value: string): string {
  if (!special.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('JSON text cannot hold a lone surrogate');
  return JSON.stringify(value);
}
