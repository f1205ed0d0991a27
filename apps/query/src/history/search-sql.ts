import type { DateBounds, Page, PagePosition, SearchCriteria, SearchFilter, SearchOrder } from './history-types.js';
import { foldText } from './fold-text.js';

/** A piece of SQL and what its question marks stand for. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

const columnLength = 255;
const never: Sql = { text: '0 = 1', values: [] };

/** The columns that a list of one kind of thing is narrowed and ordered by. */
export interface ListColumns {
  readonly id: string;
  readonly type: string;
  readonly updated: string;
  readonly created: string;
  readonly happened: string;
  /** Ids of those that have an index row: where the text ends, conditions on the row `i` follow. */
  readonly indexed: Sql;
}

/** Resources, as `resource_current c`. */
export function resourceColumns(types: readonly string[]): ListColumns {
  const text = `SELECT i.resourceId FROM resource_index i WHERE i.resourceType IN (${marks(types)})`;
  return {
    id: 'c.resourceId',
    type: 'c.resourceType',
    updated: 'c.at',
    created: 'c.createdSeq',
    happened: 'c.happenedAt',
    indexed: { text, values: types },
  };
}

/** Persons, as `chart_person p`: each filter may be met by another of their records. */
export const personColumns: ListColumns = {
  id: 'p.personId',
  type: "'Patient'",
  updated: 'p.at',
  created: 'p.createdSeq',
  happened: "''",
  indexed: {
    text: `SELECT r.personId FROM resource_index i JOIN chart_record r ON r.patientId = i.resourceId
      WHERE r.personId IS NOT NULL AND i.resourceType = 'Patient'`,
    values: [],
  },
};

/** Conditions of the criteria that both kinds of list share. */
export function criteriaSql({ ids, filters }: SearchCriteria, columns: ListColumns): readonly Sql[] {
  return [
    ...(ids === undefined ? [] : [inList(columns.id, ids)]),
    ...filters.map((filter) => filterSql(filter, columns)),
  ];
}

/** `column IN (…)`; an empty list matches nothing. */
export function inList(column: string, values: readonly unknown[]): Sql {
  return values.length === 0 ? never : { text: `${column} IN (${marks(values)})`, values };
}

export function all(parts: readonly Sql[]): Sql {
  return joined(parts, ' AND ', '1 = 1');
}

/** What comes after a position, in the order of the page. */
export function afterSql({ after, order }: Page, columns: ListColumns): Sql {
  if (after === undefined) return { text: '1 = 1', values: [] };
  const { key, isDescending } = orderOf(order, columns);
  const [value, type, id] = after;
  const compare = isDescending ? '<' : '>';
  return {
    text: `(${key} ${compare} ? OR (${key} = ? AND (${columns.type} > ? OR (${columns.type} = ? AND ${columns.id} > ?))))`,
    values: [value, value, type, type, id],
  };
}

export function orderSql(order: SearchOrder, columns: ListColumns): string {
  const { key, isDescending } = orderOf(order, columns);
  return `${key} ${isDescending ? 'DESC' : 'ASC'}, ${columns.type} ASC, ${columns.id} ASC`;
}

/** Where a row of the list stands in the order. */
export function positionOf(
  order: SearchOrder,
  row: { readonly createdSeq: number; readonly at: string; readonly happenedAt?: string },
  { type, id }: { readonly type: string; readonly id: string },
): PagePosition {
  const keys = { created: row.createdSeq, updated: row.at, happened: row.happenedAt ?? '' };
  return [keys[nameOf(order)], type, id];
}

function orderOf(order: SearchOrder, columns: ListColumns): { readonly key: string; readonly isDescending: boolean } {
  return { key: columns[nameOf(order)], isDescending: order.startsWith('-') };
}

function nameOf(order: SearchOrder): 'created' | 'updated' | 'happened' {
  return order.replace('-', '') as 'created' | 'updated' | 'happened';
}

function filterSql(filter: SearchFilter, columns: ListColumns): Sql {
  switch (filter.kind) {
    case 'updated':
      return any(filter.anyOf.map((bounds) => dateSql(bounds, columns.updated, columns.updated)));
    case 'date':
      return indexed(filter.param, any(filter.anyOf.map((one) => dateSql(one, 'i.value', 'i.until'))), columns);
    case 'token': {
      const found = indexed(filter.param, any(filter.anyOf.map(tokenSql)), columns);
      return filter.isNot === true ? { ...found, text: found.text.replace(' IN (', ' NOT IN (') } : found;
    }
    case 'string':
      return indexed(filter.param, any(filter.anyOf.map((text) => stringSql(text, filter.match))), columns);
    case 'quantity':
      return indexed(filter.param, any(filter.anyOf.map(quantitySql)), columns);
  }
}

function indexed(param: string, condition: Sql, { id, indexed: rows }: ListColumns): Sql {
  return {
    text: `${id} IN (${rows.text} AND i.param = ? AND ${condition.text})`,
    values: [...rows.values, param, ...condition.values],
  };
}

function tokenSql({ system, value }: { readonly system?: string; readonly value?: string }): Sql {
  return all([
    ...(value === undefined ? [] : [{ text: 'i.value = ?', values: [cut(value)] }]),
    ...(system === undefined ? [] : [{ text: 'i.system = ?', values: [cut(system)] }]),
  ]);
}

function stringSql(text: string, match: 'starts' | 'exact' | 'contains'): Sql {
  const folded = cut(foldText(text));
  switch (match) {
    case 'exact':
      return { text: '(i.value = ? AND i.system = ?)', values: [folded, cut(text)] };
    case 'starts':
      // A range uses the index, which LIKE does not on SQLite.
      return { text: '(i.value >= ? AND i.value < ?)', values: [folded, `${folded}\u{10FFFF}`] };
    case 'contains':
      return { text: "i.value LIKE ? ESCAPE '!'", values: [`%${folded.replace(/[!%_]/g, '!$&')}%`] };
  }
}

/** FHIR R4 §3.1.1.4.6 over a stored range `from..until`. */
function dateSql({ prefix, from, until }: DateBounds, rowFrom: string, rowUntil: string): Sql {
  const within = `(${rowFrom} >= ? AND ${rowUntil} <= ?)`;
  switch (prefix) {
    case 'eq':
      return { text: within, values: [from, until] };
    case 'ne':
      return { text: `NOT ${within}`, values: [from, until] };
    case 'gt':
      return { text: `${rowUntil} > ?`, values: [until] };
    case 'ge':
      return { text: `(${rowUntil} > ? OR ${within})`, values: [until, from, until] };
    case 'lt':
      return { text: `${rowFrom} < ?`, values: [from] };
    case 'le':
      return { text: `(${rowFrom} < ? OR ${within})`, values: [from, from, until] };
    case 'sa':
      return { text: `${rowFrom} > ?`, values: [until] };
    case 'eb':
      return { text: `${rowUntil} < ?`, values: [from] };
  }
}

type QuantityFilter = Extract<SearchFilter, { readonly kind: 'quantity' }>;

function quantitySql({ prefix, low, high, system, code }: QuantityFilter['anyOf'][number]): Sql {
  const unit = tokenSql({ ...(system !== undefined && { system }), ...(code !== undefined && { value: code }) });
  return all([amountSql(prefix, low, high), unit]);
}

function amountSql(prefix: DateBounds['prefix'], low: number, high: number): Sql {
  switch (prefix) {
    case 'eq':
      return { text: '(i.amount >= ? AND i.amount <= ?)', values: [low, high] };
    case 'ne':
      return { text: 'NOT (i.amount >= ? AND i.amount <= ?)', values: [low, high] };
    case 'gt':
    case 'sa':
      return { text: 'i.amount > ?', values: [high] };
    case 'ge':
      return { text: 'i.amount >= ?', values: [low] };
    case 'lt':
    case 'eb':
      return { text: 'i.amount < ?', values: [low] };
    case 'le':
      return { text: 'i.amount <= ?', values: [high] };
  }
}

function any(parts: readonly Sql[]): Sql {
  return joined(parts, ' OR ', '0 = 1');
}

function joined(parts: readonly Sql[], word: string, empty: string): Sql {
  if (parts.length === 0) return { text: empty, values: [] };
  return { text: `(${parts.map(({ text }) => text).join(word)})`, values: parts.flatMap(({ values }) => [...values]) };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

function cut(text: string): string {
  return text.slice(0, columnLength).toWellFormed();
}
