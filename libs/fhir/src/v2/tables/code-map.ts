/** A table from code to code. A map, not an object: a sender's `constructor` must find nothing. */
export type CodeMap = ReadonlyMap<string, string>;

export function codeMap(codes: Readonly<Record<string, string>>): CodeMap {
  return new Map(Object.entries(codes));
}
