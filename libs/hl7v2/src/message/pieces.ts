/** Finding the n-th piece of a range without making anything: positions only. A code of -1 separates nothing. */

/** Where the piece beginning at `start` ends. */
export function pieceEnd(bytes: Uint8Array, range: Range, code: number): number {
  const { end } = range;
  let at = range.start;
  while (at < end && bytes[at] !== code) at++;
  return at;
}

/** Where the n-th piece (from 1) begins; -1 when there are fewer. */
export function pieceStart(
  bytes: Uint8Array,
  range: Range,
  piece: { readonly code: number; readonly n: number },
): number {
  let left = piece.n - 1;
  if (left === 0) return range.start;
  for (let at = range.start; at < range.end; at++) {
    if (bytes[at] === piece.code && --left === 0) return at + 1;
  }
  return -1;
}

/** How many pieces a range has; one at least. */
export function pieceCount(bytes: Uint8Array, range: Range, code: number): number {
  let count = 1;
  for (let at = range.start; at < range.end; at++) if (bytes[at] === code) count++;
  return count;
}

/** The n-th piece (from 1), or an empty range at the end. */
export function pieceOf(bytes: Uint8Array, range: Range, piece: { readonly code: number; readonly n: number }): Range {
  const start = pieceStart(bytes, range, piece);
  if (start < 0) return { start: range.end, end: range.end };
  return { start, end: pieceEnd(bytes, { start, end: range.end }, piece.code) };
}

/** Where a separator of any kind stands, the field separator included, or the end. */
export function nextSeparator(
  { structure, codes }: { readonly structure: Uint8Array; readonly codes: Readonly<Record<Separator, number>> },
  range: Range,
): number {
  const { field, component, repetition, subcomponent } = codes;
  for (let at = range.start; at < range.end; at++) {
    const byte = structure[at];
    if (byte === component || byte === repetition || byte === subcomponent || byte === field) return at;
  }
  return range.end;
}

type Separator = 'field' | 'component' | 'repetition' | 'subcomponent';

/** Byte offsets, `end` excluded. */
export interface Range {
  readonly start: number;
  readonly end: number;
}
