import { canonicalJson } from '../canonical-json.js';
import type { OrderedStatement } from './ordered-statement.js';
import type { ResourceState } from './resource-state.js';

/**
 * Statements in order, without those about a patient from whom they were withdrawn, where a later one names another patient:
 * a result reported for the wrong patient and then, under the same number, for the right one. Whether the withdrawal comes
 * before the second report or after it, it never touches that one, and nothing said of the first patient shows in it. A
 * withdrawal of all there is stays, and so does one under another number of the same patient (after a merge), of whom
 * nothing had been said under it.
 */
export function withoutWithdrawn(ordered: readonly OrderedStatement[]): readonly OrderedStatement[] {
  if (!ordered.some(({ withdraws }) => withdraws)) return ordered;
  const subjects = ordered.map(({ slots }) => subjectIn(slots));
  const taken = new Set<number>();
  for (const [at, { withdraws }] of ordered.entries()) {
    const subject = subjects[at];
    if (!withdraws || subject === undefined) continue;
    const said = ordered.findLastIndex((one, place) => place < at && !one.withdraws && subjects[place] === subject);
    const isElsewhere = ordered.some(
      (one, place) => place > said && !one.withdraws && subjects[place] !== undefined && subjects[place] !== subject,
    );
    if (said < 0 || !isElsewhere) continue;
    for (let place = 0; place <= at; place++) if (subjects[place] === subject) taken.add(place);
  }
  return ordered.filter((_, place) => !taken.has(place));
}

/** May a statement make others about another patient as never said? Then it cannot simply be applied. */
export function isOfAnother(state: ResourceState, { slots, withdraws }: OrderedStatement): boolean {
  if (!withdraws && state.isWithdrawn !== true) return false;
  const [before, now] = [subjectIn(state.slots), subjectIn(slots)];
  return before !== undefined && now !== undefined && before !== now;
}

/** Whom it is about, as text to compare. */
function subjectIn({ subject, patient }: ResourceState['slots']): string | undefined {
  const named = subject ?? patient;
  return named === undefined ? undefined : canonicalJson(named);
}
