import {
  applyStatement,
  canApply,
  canonicalJson,
  compareOrder,
  compareStatements,
  endOf,
  foldStatements,
  type OrderedStatement,
  type ResourceState,
  withoutIdleEnds,
} from '@anamnesis/core';

/** A statement of an event, and whose record it belongs to. */
export interface Stated extends OrderedStatement {
  readonly recordKey: string;
  /** Its event is about the patient of `recordKey`: the numbers in it are those that this patient has. */
  readonly isOfPatient?: true;
  /** Id of what the event named, where that is read as this one; absent: it named this one. */
  readonly saidOf?: string;
}

/** A version that a statement adds to its resource. */
export interface NextVersion {
  readonly state: ResourceState;
  /** Record of the last statement in it. */
  readonly recordKey: string;
  /** The present is the word of its last statement, in whatever order they came; a stale version that of the late one. */
  readonly eventId: string;
  readonly isStale: boolean;
}

/** The version after a statement that follows all others; undefined when all have to be folded again. */
export function follow(state: ResourceState | undefined, statement: Stated): NextVersion | undefined {
  if (!canApply(state, statement)) return undefined;
  const next = applyStatement(state, statement);
  return { state: next, recordKey: statement.recordKey, eventId: next.last.eventId, isStale: false };
}

/**
 * The versions after a statement that does not simply follow, given all statements with it among them: the present, and
 * before it, when the statement was late, the past that it completes. None after an end that ends nothing.
 */
export function foldAgain(said: readonly Stated[], statement: Stated): readonly NextVersion[] {
  const all = withoutIdleEnds([...said].sort(compareStatements));
  if (statement.ends !== undefined && !all.some((one) => compareOrder(one, statement) === 0)) return [];
  const state = foldStatements(all);
  const last = all.find((one) => compareOrder(one, state.last) === 0) ?? statement;
  const present = { state, recordKey: last.recordKey, eventId: state.last.eventId, isStale: false };
  if (!all.some((one) => compareOrder(one, statement) > 0)) return [present];
  const past = foldStatements(all.filter((one) => compareOrder(one, statement) <= 0));
  return [{ state: past, recordKey: statement.recordKey, eventId: statement.eventId, isStale: true }, present];
}

/** What statements of a Patient end of a resource, by leaving it out of their lists. */
export function endsIn(said: readonly Stated[], resource: Pick<Stated, 'resourceType' | 'id'>): readonly Stated[] {
  return said.flatMap((one) => {
    const end = endOf(one, resource);
    return end === undefined ? [] : [{ ...end, recordKey: one.recordKey }];
  });
}

/** What is said of a resource, in order, and what lists end of it; of everything that is said of its patient. */
export function saidOf(resource: Pick<Stated, 'resourceType' | 'id'>, all: readonly Stated[]): readonly Stated[] {
  const own = all.filter((one) => resourceName(one) === resourceName(resource));
  const ends = own.some(({ listed }) => listed !== undefined) ? endsIn(all, resource) : [];
  return withoutIdleEnds([...own, ...ends].sort(compareStatements));
}

/** `Type/id` of what a statement is about. */
export function resourceName({ resourceType, id }: Pick<OrderedStatement, 'resourceType' | 'id'>): string {
  return `${resourceType}/${id}`;
}

/**
 * All statements, those of one event replaced by what it says when it is mapped another time. `named`: the resource that
 * it names, where others are read as the same.
 */
export function restated(
  all: readonly Stated[],
  { eventId, named }: { readonly eventId: string; readonly named: string },
  again: readonly Stated[],
): Stated[] {
  return [...all.filter((one) => one.eventId !== eventId || namedBy(one) !== named), ...again];
}

/** Id of the resource that the event named. */
export function namedBy({ id, saidOf }: Pick<Stated, 'id' | 'saidOf'>): string {
  return saidOf ?? id;
}

/** The version after statements were replaced; undefined when the present says the same as before. */
export function remake(all: readonly Stated[], before: ResourceState | undefined): NextVersion | undefined {
  const state = foldStatements(all);
  if (before !== undefined && canonicalJson(before) === canonicalJson(state)) return undefined;
  const last = all.find((one) => compareOrder(one, state.last) === 0);
  if (last === undefined) throw new Error('a fold without its last statement');
  return { state, recordKey: last.recordKey, eventId: state.last.eventId, isStale: false };
}
