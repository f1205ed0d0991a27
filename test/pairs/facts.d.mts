/** `path = normalised value`, by resource type. */
export function factsOf(resources: readonly object[]): ReadonlyMap<string, readonly string[]>;
export interface Entry {
  readonly type: string;
  readonly path: string;
  readonly value: string;
  readonly fact: string;
  readonly resource: object;
}
export function entriesOf(resources: readonly object[]): readonly Entry[];
