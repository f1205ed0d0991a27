import { numberedId, type ReceivedEvent } from '@anamnesis/core';
import { NumberAliases } from '../project/number-aliases.js';

/**
 * Visits and accounts that the test messages of one patient merge, given in the order in which they came. Nobody judges or
 * undoes these merges: one that closes a circle, or retires a number for the second time, changes nothing, as in the history
 * of patients while it waits.
 */
export function testedAliases(events: readonly ReceivedEvent[], deploymentKey: Uint8Array): NumberAliases {
  const aliases = new NumberAliases();
  for (const event of events) {
    for (const { kind, survivor, retired } of event.identity?.numberMerges ?? []) {
      const [firstKey, secondKey] = [survivor, retired].map((number) =>
        numberedId(deploymentKey, { kind, facility: event.source.facility, number }),
      ) as [string, string];
      const isJudged = aliases.membersOf(secondKey).includes(firstKey) || aliases.survivorsOf(secondKey).length > 0;
      if (isJudged) continue;
      const id = `${firstKey} ${secondKey}`;
      const cause = { at: event.receivedAt, rule: 'merge-message' as const, causeEventId: event.id };
      aliases.take({ id, version: 1, kind, state: 'in-force', firstKey, secondKey, ...cause });
    }
  }
  return aliases;
}
