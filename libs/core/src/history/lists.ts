import type { OrderedStatement } from './ordered-statement.js';
import type { ListState, ResourceState } from './resource-state.js';

/** Claim of a statement that is in no list: nothing ends it. */
const unlisted = '';

interface ResourceReference {
  readonly resourceType: string;
  readonly id: string;
}

/**
 * What a statement with lists says of a resource that they leave out; undefined when they say nothing of it. Whether that
 * ends anything, `withoutIdleEnds` knows.
 */
export function endOf(said: OrderedStatement, { resourceType, id }: ResourceReference): OrderedStatement | undefined {
  const list = said.lists?.find((one) => one.resourceType === resourceType);
  if (list?.ended === undefined || list.ids.includes(id)) return undefined;
  const { statedAt, trigger, eventId, receivedAt, position } = said;
  const order = { statedAt, eventId, receivedAt, ...(position !== undefined && { position }) };
  return { resourceType, id, trigger, ...order, slots: list.ended, ends: list.name };
}

/**
 * Statements about one resource, in order, without the ends that end nothing: that of a list which does not have it, because
 * it never had or left it out before. So a resource is ended by the first list without it, whichever came first.
 */
export function withoutIdleEnds<One extends OrderedStatement>(ordered: readonly One[]): readonly One[] {
  if (!ordered.some(({ ends }) => ends !== undefined)) return ordered;
  const claims = new Set<string>();
  return ordered.filter(({ ends, listed }) => {
    if (ends !== undefined) return claims.delete(ends);
    claims.add(listed?.name ?? unlisted);
    return true;
  });
}

/** Whether the end, after all that the state knows, ends a claim. */
export function isIdleEnd(state: ResourceState | undefined, { ends }: OrderedStatement): boolean {
  return ends !== undefined && state?.claims?.includes(ends) !== true;
}

/** The claims after one statement more; undefined while no list has the resource. */
export function claimsAfter(
  state: ResourceState | undefined,
  { ends, listed }: OrderedStatement,
): readonly string[] | undefined {
  const before = state === undefined ? [] : (state.claims ?? [unlisted]);
  if (ends !== undefined) return before.filter((name) => name !== ends);
  if (listed === undefined && state?.claims === undefined) return undefined;
  return [...new Set([...before, listed?.name ?? unlisted])].sort();
}

/** The lists of a Patient after one statement more; undefined while there is none. */
export function listsAfter(state: ResourceState | undefined, said: OrderedStatement): ResourceState['lists'] {
  if (said.lists === undefined) return state?.lists;
  const { statedAt, receivedAt, eventId, position } = said;
  const last = { statedAt, receivedAt, eventId, ...(position !== undefined && { position }) };
  const lists: Record<string, ListState> = { ...state?.lists };
  for (const { name, resourceType, ids, ended } of said.lists) {
    const known = [...new Set([...(lists[name]?.known ?? []), ...ids])].sort();
    lists[name] = { ...lists[name], resourceType, known, ...(ended && { last }) };
  }
  return lists;
}
