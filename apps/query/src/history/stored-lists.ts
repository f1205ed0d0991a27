import { Injectable } from '@nestjs/common';
import { type ChartPerson, type ResourceCurrent } from '@anamnesis/store';
import { select } from '../archive/rows.js';
import { isNumbered, isReusable } from '../project/read-as.js';
import type { Found, MergedVersion, Page, SearchCriteria, StoredVersion } from './history-types.js';
import {
  afterSql,
  all,
  criteriaSql,
  inList,
  orderSql,
  personColumns,
  positionOf,
  resourceColumns,
  type Sql,
} from './search-sql.js';
import { StoredPersons } from './stored-persons.js';
import { StoredVersions } from './stored-versions.js';

const countMax = 500;

/** Lists of resources and of persons, page by page. */
@Injectable()
export class StoredLists {
  constructor(
    private readonly versions: StoredVersions,
    private readonly persons: StoredPersons,
  ) {}

  async search(types: readonly string[], criteria: SearchCriteria, page: Page): Promise<Found<StoredVersion>> {
    const columns = resourceColumns(types);
    const { text, values } = all([resourcesSql(types, criteria), afterSql(page, columns)]);
    const count = Math.min(page.count, countMax);
    const sql = `SELECT c.* FROM resource_current c WHERE ${text} ORDER BY ${orderSql(page.order, columns)} LIMIT ?`;
    const rows = await select<ResourceCurrent>(this.versions.manager, sql, [...values, count + 1]);
    const shown = rows.slice(0, count);
    const found = new Map<string, StoredVersion>();
    for (const [type, ids] of idsByType(shown))
      for (const one of await this.versions.newest(type, ids)) found.set(`${type}/${one.id}`, one);
    const matches = shown.flatMap(({ resourceType, resourceId }) => found.get(`${resourceType}/${resourceId}`) ?? []);
    const last = shown.at(-1);
    if (rows.length <= count || last === undefined) return { matches };
    return { matches, next: positionOf(page.order, last, { type: last.resourceType, id: last.resourceId }) };
  }

  async count(types: readonly string[], criteria: SearchCriteria): Promise<number> {
    const { text, values } = resourcesSql(types, criteria);
    return this.#count(`SELECT COUNT(*) AS count FROM resource_current c WHERE ${text}`, values);
  }

  async searchPersons(criteria: SearchCriteria, page: Page): Promise<Found<MergedVersion>> {
    const { text, values } = all([personsSql(criteria), afterSql(page, personColumns)]);
    const count = Math.min(page.count, countMax);
    const sql = `SELECT p.* FROM chart_person p WHERE ${text} ORDER BY ${orderSql(page.order, personColumns)} LIMIT ?`;
    const rows = await select<ChartPerson>(this.versions.manager, sql, [...values, count + 1]);
    const shown = rows.slice(0, count);
    const found = await this.persons.mergedAll(shown.map(({ personId }) => personId));
    const matches = shown.flatMap(({ personId }) => found.get(personId) ?? []);
    const last = shown.at(-1);
    if (rows.length <= count || last === undefined) return { matches };
    return { matches, next: positionOf(page.order, last, { type: 'Patient', id: last.personId }) };
  }

  async countPersons(criteria: SearchCriteria): Promise<number> {
    const { text, values } = personsSql(criteria);
    return this.#count(`SELECT COUNT(*) AS count FROM chart_person p WHERE ${text}`, values);
  }

  async #count(sql: string, values: readonly unknown[]): Promise<number> {
    const [row] = await select<{ count: number | string }>(this.versions.manager, sql, values);
    return Number(row?.count ?? 0);
  }
}

function resourcesSql(types: readonly string[], criteria: SearchCriteria): Sql {
  const { recordKeys, eventId, hasRetracted = true } = criteria;
  return all([
    inList('c.resourceType', types),
    ...(recordKeys === undefined ? [] : [inList('c.recordKey', recordKeys)]),
    ...(eventId === undefined ? [] : [{ text: 'c.eventId = ?', values: [eventId] }]),
    ...(hasRetracted ? [] : [{ text: 'c.isRetracted = ?', values: [0] }]),
    ...(types.some(isNumbered) ? [notRetired] : []),
    ...(types.some(isReusable) ? [notReadAs] : []),
    ...criteriaSql(criteria, resourceColumns(types)),
  ]);
}

/** A visit or account that is read as another is found as that one. Ids of other resources are in no assertion. */
const notRetired: Sql = {
  text: `NOT EXISTS (SELECT 1 FROM chart_assertion a WHERE a.secondKey = c.resourceId AND a.state = 'in-force')`,
  values: [],
};

/** What a number gave a second record is found as what it gave the first, while both are one person. */
const notReadAs: Sql = {
  text: 'NOT EXISTS (SELECT 1 FROM reused_number n WHERE n.memberId = c.resourceId AND n.survivorId IS NOT NULL)',
  values: [],
};

function personsSql(criteria: SearchCriteria): Sql {
  const { recordKeys, eventId } = criteria;
  const keys = recordKeys && inList('r.recordKey', recordKeys);
  const ofRecords = 'p.personId IN (SELECT r.personId FROM chart_record r WHERE r.personId IS NOT NULL AND';
  const ofEvent = `p.personId IN (SELECT r.personId FROM resource_current c JOIN chart_record r ON r.patientId = c.resourceId
    WHERE r.personId IS NOT NULL AND c.resourceType = 'Patient' AND c.eventId = ?)`;
  return all([
    { text: 'p.intoPersonId IS NULL', values: [] },
    ...(keys === undefined ? [] : [{ text: `${ofRecords} ${keys.text})`, values: keys.values }]),
    ...(eventId === undefined ? [] : [{ text: ofEvent, values: [eventId] }]),
    ...criteriaSql(criteria, personColumns),
  ]);
}

function idsByType(rows: readonly ResourceCurrent[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { resourceType, resourceId } of rows)
    ids.set(resourceType, [...(ids.get(resourceType) ?? []), resourceId]);
  return ids;
}
