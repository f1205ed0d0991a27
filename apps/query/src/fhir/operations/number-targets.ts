import type { HistoryReader } from '../../history/history-reader.js';
import type { StoredVersion } from '../../history/history-types.js';
import { mayBeReadAs, numberOf } from '../../project/read-as.js';
import type { ProvenanceTarget } from '../render/provenance.js';

/**
 * The visits and accounts of which an event said something, each as what it is read as; beside it the number that the
 * message named, where that one was retired.
 */
export async function numberTargets(
  reader: HistoryReader,
  versions: readonly StoredVersion[],
): Promise<readonly ProvenanceTarget[]> {
  const numbered = versions.filter(({ resourceType }) => mayBeReadAs(resourceType));
  if (numbered.length === 0) return [];
  const aliases = await reader.aliasesOf(numbered.map(({ id }) => id));
  // A statement makes versions of all that its number leads to: what others lead to was not named.
  const led = new Set(numbered.flatMap(({ id }) => aliases.survivorsOf(id)));
  return numbered
    .filter(({ id }) => !led.has(id))
    .map(({ resourceType, id, state }) => {
      const final = aliases.finalOf(id);
      const identifier = final === id ? undefined : numberOf(state);
      return { reference: `${resourceType}/${final}`, ...(identifier !== undefined && { identifier }) };
    });
}
