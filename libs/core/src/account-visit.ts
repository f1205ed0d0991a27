import { type ClaimedNumber, numberKey, numberedTypes } from './numbered-thing.js';
import { resourceId } from './record-key.js';

/** A visit without a number of its own (PV1-19): known by its account's (PID-18) and by when it began (PV1-44). */
export interface AccountVisit {
  readonly account: ClaimedNumber;
  /** PV1-44 as sent. */
  readonly admittedAt: string;
}

/** Id of the Encounter that a facility means by it. */
export function accountVisitId(
  deploymentKey: Uint8Array,
  { facility, visit: { account, admittedAt } }: { readonly facility: string; readonly visit: AccountVisit },
): string {
  const key = numberKey(facility, account.isUniversal, [account.value, admittedAt]);
  return resourceId(deploymentKey, numberedTypes.visit, account.system, key);
}

/** The visit of an account that began at a time, by ids of its Encounter and Account. */
export interface KnownVisit {
  readonly id: string;
  readonly accountId: string;
  readonly admittedAt: string;
}

/** Where the merges of an account lead. */
export interface AccountEnd {
  readonly accountId: string;
  /** How many merges away; 0: the account itself, it is not retired. */
  readonly distance: number;
}

export interface VisitPair<Visit extends KnownVisit> {
  readonly survivor: Visit;
  readonly retired: Visit;
}

/**
 * Which of these visits are one: those of accounts that became one, begun at the same time. All are read as the one whose
 * account is nearest to where the merges end. It follows from what is known and not from the order in which it came.
 */
export function pairVisits<Visit extends KnownVisit>(
  visits: readonly Visit[],
  endOf: (accountId: string) => AccountEnd,
): readonly VisitPair<Visit>[] {
  const survivors = new Map<string, Visit>();
  const nameOf = ({ accountId, admittedAt }: KnownVisit) => JSON.stringify([endOf(accountId).accountId, admittedAt]);
  const isNearer = (a: KnownVisit, b: KnownVisit) => {
    const further = endOf(a.accountId).distance - endOf(b.accountId).distance;
    return further < 0 || (further === 0 && a.id < b.id);
  };
  for (const visit of visits) {
    const held = survivors.get(nameOf(visit));
    if (held === undefined || isNearer(visit, held)) survivors.set(nameOf(visit), visit);
  }
  return visits.flatMap((retired) => {
    const survivor = survivors.get(nameOf(retired));
    return survivor === undefined || survivor.id === retired.id ? [] : [{ survivor, retired }];
  });
}
