import type { SourceFact, StandardCoding } from '@anamnesis/core';

const indexes = new WeakMap<SourceFact, ReadonlyMap<string, readonly StandardCoding[]>>();
const none: readonly StandardCoding[] = [];

/** What the source's table says of one of its codes. */
export function translationOf(source: SourceFact, system: string, code: string): readonly StandardCoding[] {
  if (source.codes === undefined) return none;
  const index = indexes.get(source) ?? indexOf(source);
  indexes.set(source, index);
  return index.get(nameOf(system, code)) ?? none;
}

function indexOf({ codes }: SourceFact): ReadonlyMap<string, readonly StandardCoding[]> {
  const index = new Map<string, StandardCoding[]>();
  for (const { system, code, to } of codes?.rows ?? []) {
    const name = nameOf(system, code);
    const known = index.get(name);
    if (known === undefined) index.set(name, [to]);
    else known.push(to);
  }
  return index;
}

function nameOf(system: string, code: string): string {
  return JSON.stringify([system, code]);
}
