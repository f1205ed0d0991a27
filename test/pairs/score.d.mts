export interface Score {
  readonly expected: number;
  readonly ours: number;
  readonly met: number;
  /** How often a path was expected and not said; said and not expected. */
  readonly missed: ReadonlyMap<string, number>;
  readonly surplus: ReadonlyMap<string, number>;
}
type Facts = ReadonlyMap<string, readonly string[]>;
export function score(
  scores: Map<string, Score>,
  facts: { readonly expected: Facts; readonly ours: Facts },
  note?: (type: string, kind: 'missed' | 'only ours', fact: string) => void,
): Map<string, Score>;
export function shares(score: Score): { readonly recall: number | undefined; readonly precision: number | undefined };
