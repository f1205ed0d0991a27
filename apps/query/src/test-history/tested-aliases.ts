import {
  accountVisitId,
  type KnownVisit,
  type NumberedKind,
  numberedId,
  pairVisits,
  type ReceivedEvent,
} from '@anamnesis/core';
import { NumberAliases } from '../project/number-aliases.js';

/**
 * Visits and accounts that the test messages of one patient merge, given in the order in which they came, with the visits that
 * follow their accounts. Nobody judges or undoes these merges: one that closes a circle, or retires a number for the second
 * time, changes nothing, as in the history of patients while it waits.
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
      join(aliases, { kind, firstKey, secondKey, event });
    }
  }
  const visits = knownVisits(events, deploymentKey);
  const endOf = (id: string) => ({ accountId: aliases.finalOf(id), distance: aliases.survivorsOf(id).length });
  for (const { survivor, retired } of pairVisits([...visits.values()], endOf))
    join(aliases, { kind: 'visit', firstKey: survivor.id, secondKey: retired.id, event: retired.event });
  return aliases;
}

interface Joined {
  readonly kind: NumberedKind;
  readonly firstKey: string;
  readonly secondKey: string;
  readonly event: ReceivedEvent;
}

function join(aliases: NumberAliases, { kind, firstKey, secondKey, event }: Joined): void {
  const id = `${firstKey} ${secondKey}`;
  const cause = { at: event.receivedAt, rule: 'merge-message' as const, causeEventId: event.id };
  aliases.take({ id, version: 1, kind, state: 'in-force', firstKey, secondKey, ...cause });
}

/** By the ids of their Encounters: visits without a number of their own. */
function knownVisits(events: readonly ReceivedEvent[], deploymentKey: Uint8Array) {
  const known = new Map<string, KnownVisit & { readonly event: ReceivedEvent }>();
  for (const event of events)
    for (const visit of event.identity?.accountVisits ?? []) {
      const { facility } = event.source;
      const id = accountVisitId(deploymentKey, { facility, visit });
      const accountId = numberedId(deploymentKey, { kind: 'account', facility, number: visit.account });
      known.set(id, { id, accountId, admittedAt: visit.admittedAt, event });
    }
  return known;
}
