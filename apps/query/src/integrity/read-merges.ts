import type { ChartAssertion, ReusedNumber } from '@anamnesis/store';
import type { Place } from '../archive/archive.js';
import { assertionOf } from '../project/assertion-of.js';
import { factOf } from '../project/facts.js';
import { kindsOfRecords, NumberAliases } from '../project/number-aliases.js';
import type { Projection } from '../project/projection.js';

/** A merge of visits, accounts or patient records, a link of these, or its undo, where it stands in the archive. */
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

/** Reads the merges that are connected with a visit or account, however far, from the archive. */
export async function readMerges(projection: Projection, id: string): Promise<Merges> {
  const { merges } = await NumberAliases.load(projection.manager, [id]);
  const ends = merges.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey]);
  return { ids: [...new Set([id, ...ends])], ...(await changesOf(projection, merges)) };
}

/** Reads the links and merges between the patient records that have one number, from the archive. */
export async function readLinks(projection: Projection, id: string, rows: readonly ReusedNumber[]): Promise<Merges> {
  const records = rows.map(({ recordKey }) => recordKey);
  const { merges } = await NumberAliases.load(projection.manager, records, kindsOfRecords);
  const members = rows.map(({ memberId }) => memberId);
  return { ids: [...new Set([id, ...members])], ...(await changesOf(projection, merges)) };
}

async function changesOf(
  projection: Projection,
  assertions: readonly ChartAssertion[],
): Promise<Pick<Merges, 'changes' | 'isIncomplete'>> {
  const facts = (await projection.assertionEntries(assertions)).map((entry) => ({ entry, fact: factOf(entry) }));
  const changes = facts.flatMap(({ entry: { seq, at }, fact }) =>
    fact?.kind === 'person' ? [{ seq, at, merge: assertionOf(fact.header) }] : [],
  );
  return { changes: changes.sort((a, b) => a.seq - b.seq), isIncomplete: changes.length < facts.length };
}
