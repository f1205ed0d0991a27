type OptionalKeys<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
export type Compact<T> = { readonly [K in Exclude<keyof T, OptionalKeys<T>>]: T[K] } & {
  readonly [K in OptionalKeys<T>]?: Exclude<T[K], undefined>;
};

/** The members that say something: without `undefined` and empty lists. Undefined when none is left. */
export function compact<T extends object>(members: T): Compact<T> | undefined {
  if (isWhole(members)) return members;
  let kept: Record<string, unknown> | undefined;
  // A loop over the object, not over lists of its entries: this is called for every element of every resource.
  for (const name in members) {
    const value = members[name];
    if (isNothing(value)) continue;
    kept ??= {};
    kept[name] = value;
  }
  return kept as Compact<T> | undefined;
}

/** Nothing has to be left out: most often so, and a copy of every element would be made for the others' sake. */
function isWhole(members: object): boolean {
  let isAny = false;
  for (const name in members) {
    if (isNothing((members as Readonly<Record<string, unknown>>)[name])) return false;
    isAny = true;
  }
  return isAny;
}

function isNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** What an HL7 text says: nothing when empty, blank or `""`, which is never data (hl7v2.md N6). */
export function valued(text: string): string | undefined {
  if (text === '') return undefined;
  const trimmed = text.trim();
  return trimmed === '' || trimmed === '""' ? undefined : trimmed;
}

/** The texts that say something. */
export function valuedAll(texts: readonly string[]): readonly string[] {
  const said: string[] = [];
  for (const text of texts) {
    const value = valued(text);
    if (value !== undefined) said.push(value);
  }
  return said;
}

/** The first text that says something. */
export function firstValued(...texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const value = valued(text);
    if (value !== undefined) return value;
  }
  return undefined;
}
