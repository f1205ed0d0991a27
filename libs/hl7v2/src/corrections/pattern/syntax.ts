/** A pattern as it was read. */
export type Node =
  | { readonly kind: 'set'; readonly ranges: readonly Range[]; readonly isNegated: boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  /** `index` from 1; absent for `(?:…)`. */
  | { readonly kind: 'group'; readonly body: Node; readonly index?: number }
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
    };

/** Code points, both ends included. */
export type Range = readonly [from: number, to: number];

/** What is wrong with a pattern, and where in it (from 0). */
export class PatternError extends Error {
  override readonly name = 'PatternError';

  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Characters of a pattern, and states of what it is compiled to. */
export const patternLengthMax = 200;
export const patternStatesMax = 500;
