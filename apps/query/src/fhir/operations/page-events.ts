import { Message, type Store } from '@anamnesis/store';
import { Brackets, type SelectQueryBuilder } from 'typeorm';
import type { DateBounds, PagePosition } from '../../history/history-types.js';

export interface EventsAsked {
  /** Events about these records; absent: of anybody. */
  readonly recordKeys?: readonly string[] | undefined;
  readonly eventIds?: readonly string[] | undefined;
  readonly received: readonly (readonly DateBounds[])[];
}

export interface EventPage {
  readonly count: number;
  readonly after?: PagePosition | undefined;
}

/** Certified events, newest received first; the order of an event never changes. */
export async function pageEvents(
  store: Store,
  asked: EventsAsked,
  { count, after }: EventPage,
): Promise<{ readonly eventIds: readonly string[]; readonly next?: PagePosition }> {
  const query = certified(store, asked).select('m.id', 'id').addSelect('m.receivedAt', 'receivedAt');
  if (after !== undefined) {
    const [receivedAt, , id] = after;
    query.andWhere('(m.receivedAt < :receivedAt OR (m.receivedAt = :receivedAt AND m.id < :id))', { receivedAt, id });
  }
  query
    .orderBy('m.receivedAt', 'DESC')
    .addOrderBy('m.id', 'DESC')
    .limit(count + 1);
  const rows = await query.getRawMany<{ id: string; receivedAt: string }>();
  const last = rows.length > count ? rows[count - 1] : undefined;
  return {
    eventIds: rows.slice(0, count).map(({ id }) => id),
    ...(last !== undefined && { next: [last.receivedAt, 'Provenance', last.id] as const }),
  };
}

export function countEvents(store: Store, asked: EventsAsked): Promise<number> {
  return certified(store, asked).getCount();
}

function certified(store: Store, { recordKeys, eventIds, received }: EventsAsked): SelectQueryBuilder<Message> {
  const query = store.reader.manager
    .createQueryBuilder(Message, 'm')
    .where('m.state IN (:...states)', { states: ['certified', 'anchored'] })
    .andWhere('m.mapping <> :unmapped', { unmapped: 'unmapped' });
  // An empty list matches nothing; drivers spell `IN ()` differently.
  if (recordKeys !== undefined) query.andWhere('m.recordKey IN (:...recordKeys)', { recordKeys: nonEmpty(recordKeys) });
  if (eventIds !== undefined) query.andWhere('m.id IN (:...eventIds)', { eventIds: nonEmpty(eventIds) });
  for (const [index, anyOf] of received.entries())
    query.andWhere(
      new Brackets((either) => {
        for (const [at, bounds] of anyOf.entries()) {
          const name = `d${index}x${at}`;
          either.orWhere(instantCondition('m.receivedAt', bounds.prefix, name), {
            [`${name}From`]: bounds.from,
            [`${name}Until`]: bounds.until,
          });
        }
      }),
    );
  return query;
}

/** SQL for "the instant in `column` stands to the span so" (FHIR R4 search §3.1.1.4.7). */
export function instantCondition(column: string, prefix: DateBounds['prefix'], name: string): string {
  switch (prefix) {
    case 'eq':
      return `(${column} >= :${name}From AND ${column} <= :${name}Until)`;
    case 'ne':
      return `(${column} < :${name}From OR ${column} > :${name}Until)`;
    case 'lt':
    case 'eb':
      return `${column} < :${name}From`;
    case 'le':
      return `${column} <= :${name}Until`;
    case 'gt':
    case 'sa':
      return `${column} > :${name}Until`;
    case 'ge':
      return `${column} >= :${name}From`;
  }
}

export function nonEmpty(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [''] : values;
}
