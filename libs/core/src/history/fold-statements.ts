import type { Json } from '../canonical-json.js';
import { claimsAfter, listsAfter, withoutIdleEnds } from './lists.js';
import { compareOrder, compareStatements, type OrderedStatement } from './ordered-statement.js';
import type { ResourceState, SlotSource } from './resource-state.js';
import { orderOf, sorted, sourceOf } from './state-parts.js';
import { isOfAnother, withoutWithdrawn } from './without-withdrawn.js';

/**
 * The state that statements about one resource add up to, in whatever order they are given. A statement that `cancels`
 * takes the latest earlier one with a listed trigger out, as if never made; one that `withdraws` may take out those about its
 * patient; one that `ends` counts where it ends a claim. Throws `TypeError` without a statement.
 */
export function foldStatements(statements: readonly OrderedStatement[]): ResourceState {
  const ordered = [...statements].sort(compareStatements);
  const [first, ...rest] = withoutIdleEnds(withoutWithdrawn(withoutCancelled(ordered)));
  if (first === undefined) throw new TypeError('no statement to fold');
  return rest.reduce(applyStatement, stateOf(first));
}

/** May `applyStatement` take this statement, or do all statements have to be folded again? */
export function canApply(state: ResourceState | undefined, statement: OrderedStatement): boolean {
  if (state === undefined) return true;
  const isNext = statement.cancels === undefined && compareOrder(state.last, statement) < 0;
  return isNext && !isOfAnother(state, statement);
}

/** The state after one statement more, where `canApply`; equal to folding all of them. */
export function applyStatement(state: ResourceState | undefined, statement: OrderedStatement): ResourceState {
  if (state === undefined) return stateOf(statement);
  const slots = new Map(Object.entries(state.slots));
  const sources = new Map(Object.entries(state.sources));
  const source = sourceOf(statement);
  const claims = claimsAfter(state, statement);
  const isStillListed = statement.ends !== undefined && claims !== undefined && claims.length > 0;
  const said = isStillListed ? {} : statement.slots;
  for (const slot of statement.removed ?? []) {
    slots.delete(slot);
    sources.delete(slot);
  }
  for (const [slot, value] of Object.entries(said)) {
    slots.set(slot, value);
    sources.set(slot, source);
  }
  const next = { ...state, slots: sorted(slots), sources: sorted(sources), last: orderOf(statement) };
  return hasMarks(state, statement) ? { ...next, ...marksOf(state, statement) } : next;
}

type Marks = Pick<ResourceState, 'isWithdrawn' | 'claims' | 'lists'>;

function stateOf(statement: OrderedStatement): ResourceState {
  const source = sourceOf(statement);
  const slots = new Map<string, Json>(Object.entries(statement.slots));
  const sources = new Map<string, SlotSource>([...slots.keys()].map((slot) => [slot, source]));
  const { resourceType, id } = statement;
  const next = { resourceType, id, slots: sorted(slots), sources: sorted(sources), last: orderOf(statement) };
  return hasMarks(undefined, statement) ? { ...next, ...marksOf(undefined, statement) } : next;
}

function hasMarks(state: ResourceState | undefined, { withdraws, listed, lists, ends }: OrderedStatement): boolean {
  return (withdraws ?? listed ?? lists ?? ends ?? state?.claims) !== undefined;
}

/** What a state remembers of its statements beside their values. */
function marksOf(state: ResourceState | undefined, statement: OrderedStatement): Marks {
  const [claims, lists] = [claimsAfter(state, statement), listsAfter(state, statement)];
  return {
    ...(statement.withdraws && { isWithdrawn: true }),
    ...(claims !== undefined && { claims }),
    ...(lists !== undefined && { lists }),
  };
}

function withoutCancelled(ordered: readonly OrderedStatement[]): readonly OrderedStatement[] {
  const kept: OrderedStatement[] = [];
  for (const statement of ordered) {
    const { cancels } = statement;
    if (cancels !== undefined) {
      const at = kept.findLastIndex(({ trigger }) => cancels.includes(trigger));
      if (at >= 0) kept.splice(at, 1);
    }
    kept.push(statement);
  }
  return kept;
}
