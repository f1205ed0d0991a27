/** `path = normalised value`, by resource type. */
export function factsOf(resources: readonly object[]): ReadonlyMap<string, readonly string[]>;
