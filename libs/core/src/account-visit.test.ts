import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AccountEnd, type KnownVisit, pairVisits } from './account-visit.js';

/** Of B and C the merges lead to A, of D to C and on; E is alone. */
const ends: Readonly<Record<string, AccountEnd>> = {
  A: { accountId: 'A', distance: 0 },
  B: { accountId: 'A', distance: 1 },
  C: { accountId: 'A', distance: 1 },
  D: { accountId: 'A', distance: 2 },
  E: { accountId: 'E', distance: 0 },
};
const endOf = (accountId: string) => ends[accountId] ?? { accountId, distance: 0 };
const visit = (accountId: string, admittedAt: string): KnownVisit => ({
  id: `${accountId}${admittedAt}`,
  accountId,
  admittedAt,
});
const named = (visits: readonly KnownVisit[]) =>
  pairVisits(visits, endOf)
    .map(({ survivor, retired }) => `${retired.id} as ${survivor.id}`)
    .sort();

describe('pairVisits', () => {
  it('reads visits of merged accounts that began together as that of the account they became', () => {
    expect(named(['A', 'B', 'D', 'E'].map((account) => visit(account, '8')))).toEqual(['B8 as A8', 'D8 as A8']);
  });

  it('keeps apart what began at another time, and what no merge joins', () => {
    expect(named([visit('A', '8'), visit('B', '9'), visit('E', '8')])).toEqual([]);
  });

  it('knows which are one before anything is said under the account that they became', () => {
    expect(named([visit('C', '8'), visit('B', '8'), visit('D', '8')])).toEqual(['C8 as B8', 'D8 as B8']);
  });

  it('says the same in every order, and never that what others are read as is read as another', () => {
    const visits = fc.uniqueArray(
      fc.tuple(fc.constantFrom('A', 'B', 'C', 'D', 'E'), fc.constantFrom('8', '9')).map((parts) => visit(...parts)),
      { selector: ({ id }) => id },
    );
    const shuffled = visits.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(named(other)).toEqual(named(all));
        const pairs = pairVisits(all, endOf);
        const retired = new Set(pairs.map((pair) => pair.retired.id));
        expect(pairs.filter(({ survivor }) => retired.has(survivor.id))).toEqual([]);
        const groups = new Set(all.map(({ accountId, admittedAt }) => endOf(accountId).accountId + admittedAt));
        expect(all.length - retired.size).toBe(groups.size);
      }),
    );
  });
});
