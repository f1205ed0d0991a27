import type { ChartAssertion } from '@anamnesis/store';
import type { Place } from '../archive/archive.js';
import { assertionOf } from '../project/assertion-of.js';
import { factOf } from '../project/facts.js';
import { NumberAliases } from '../project/number-aliases.js';
import type { Projection } from '../project/projection.js';
import { isNumbered } from '../project/read-as.js';

/** A merge of visits or accounts, or its undo, where it stands in the archive. */
export type MergeChange = Place & { readonly merge: ChartAssertion };

/** Everything that a resource was ever read together with, and when. */
export interface Merges {
  /** Itself first. */
  readonly ids: readonly string[];
  /** In the order of the archive. */
  readonly changes: readonly MergeChange[];
  /** An entry does not open. */
  readonly isIncomplete: boolean;
}

/** Reads the merges that are connected with a resource, however far, from the archive. */
export async function readMerges(
  projection: Projection,
  { resourceType, id }: { readonly resourceType: string; readonly id: string },
): Promise<Merges> {
  if (!isNumbered(resourceType)) return { ids: [id], changes: [], isIncomplete: false };
  const { merges } = await NumberAliases.load(projection.manager, [id]);
  const facts = (await projection.assertionEntries(merges)).map((entry) => ({ entry, fact: factOf(entry) }));
  const changes = facts.flatMap(({ entry: { seq, at }, fact }) =>
    fact?.kind === 'person' ? [{ seq, at, merge: assertionOf(fact.header) }] : [],
  );
  return {
    ids: [...new Set([id, ...merges.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey])])],
    changes: changes.sort((a, b) => a.seq - b.seq),
    isIncomplete: changes.length < facts.length,
  };
}
