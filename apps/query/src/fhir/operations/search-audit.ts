import type { AccessRecord } from '@anamnesis/core';
import { AccessEvent, type Store } from '@anamnesis/store';
import { Brackets, type SelectQueryBuilder } from 'typeorm';
import type { HistoryReader } from '../../history/history-reader.js';
import type { PagePosition } from '../../history/history-types.js';
import { FhirFailure, notFound } from '../fhir-failure.js';
import { auditEventOf } from '../render/audit-event.js';
import type { Cursors } from '../search/cursor.js';
import type { PlainParameters, PlainRequest } from '../search/parse-plain.js';
import { referenceOf, type Served, type Surroundings } from './bundle.js';
import { continuePlain, plainAnswer } from './answer-plain.js';
import { instantCondition, nonEmpty } from './page-events.js';
import type { ServedOne } from './read-one.js';

export const auditParameters: PlainParameters = {
  references: { patient: ['Patient'] },
  tokens: ['outcome', 'agent', 'agent-role', 'action', 'type', 'subtype'],
  dates: ['date'],
};

export interface AuditContext extends Surroundings {
  readonly reader: HistoryReader;
  readonly store: Store;
  readonly cursors: Cursors;
}

export async function readAudit(store: Store, id: string): Promise<ServedOne> {
  const row = await store.reader.manager.findOneBy(AccessEvent, { id });
  if (row === null) throw notFound();
  const { resource, persons } = rendered(row);
  return { resource, persons, resources: [referenceOf(resource)], etag: 'W/"1"', lastModified: row.at };
}

/**
 * Access events, newest first. Append-only: what arrives in between is above the first page. `needsPatient`: throws 403
 * for a search that names none, also where a cursor continues it.
 */
export async function searchAudit(
  context: AuditContext,
  asked: PlainRequest,
  { needsPatient }: { needsPatient: boolean },
): Promise<Served> {
  const { store, reader } = context;
  const { request, continued } = continuePlain(context.cursors, { type: 'AuditEvent', served: auditParameters, asked });
  if (needsPatient && !request.references.has('patient'))
    throw new FhirFailure(403, 'forbidden', 'clinicians search access events by patient');
  const query = await queryOf(store, reader, request);
  const total = continued?.total ?? (await query.getCount());
  const rows = request.isCountOnly ? [] : await pageOf(query, request.count, continued?.position);
  const found = rows.slice(0, request.count).map(rendered);
  const last = rows.length > request.count ? rows[request.count - 1] : undefined;
  const position: PagePosition | undefined = last === undefined ? undefined : [last.at, 'AuditEvent', last.id];
  return plainAnswer(context, { type: 'AuditEvent', asked, request, found, total, position });
}

function rendered({ record }: AccessEvent): { resource: ReturnType<typeof auditEventOf>; persons: readonly string[] } {
  const parsed = JSON.parse(record) as AccessRecord;
  return { resource: auditEventOf(parsed), persons: parsed.persons };
}

function pageOf(
  query: SelectQueryBuilder<AccessEvent>,
  count: number,
  after: PagePosition | undefined,
): Promise<AccessEvent[]> {
  if (after !== undefined) {
    const [at, , id] = after;
    query.andWhere('(a.at < :afterAt OR (a.at = :afterAt AND a.id < :afterId))', { afterAt: at, afterId: id });
  }
  return query
    .orderBy('a.at', 'DESC')
    .addOrderBy('a.id', 'DESC')
    .limit(count + 1)
    .getMany();
}

async function queryOf(
  store: Store,
  reader: HistoryReader,
  request: PlainRequest,
): Promise<SelectQueryBuilder<AccessEvent>> {
  const query = store.reader.manager.createQueryBuilder(AccessEvent, 'a');
  for (const [index, ids] of request.ids.entries())
    query.andWhere(`a.id IN (:...ids${index})`, { [`ids${index}`]: ids });
  for (const [index, references] of (request.references.get('patient') ?? []).entries()) {
    // An access recorded under an id that is retired now was an access to this person's data too.
    const ids = await everyIdOf(reader, references);
    query.andWhere(
      `EXISTS (SELECT 1 FROM access_person p WHERE p.accessId = a.id AND p.personId IN (:...persons${index}))`,
      { [`persons${index}`]: nonEmpty(ids) },
    );
  }
  const dates = request.dates.get('date') ?? [];
  for (const [index, anyOf] of dates.entries())
    query.andWhere(
      new Brackets((either) => {
        for (const [at, { prefix, from, until }] of anyOf.entries())
          either.orWhere(instantCondition('a.at', prefix, `d${index}x${at}`), {
            [`d${index}x${at}From`]: from,
            [`d${index}x${at}Until`]: until,
          });
      }),
    );
  addTokens(query, request);
  return query;
}

async function everyIdOf(reader: HistoryReader, references: readonly string[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const reference of references) {
    const id = reference.slice('Patient/'.length);
    const person = await reader.resolvePatient(id);
    for (const one of [id, ...(person?.records ?? []).map(({ patientId }) => patientId)]) ids.add(one);
  }
  return [...ids];
}

/** Column and value in it, for a value of a token parameter. */
const columns: Readonly<Record<string, (value: string) => readonly [column: string, values: readonly string[]]>> = {
  outcome: (value) => ['a.outcome', outcomes[value] ?? ['']],
  agent: (value) => ['a.token', [value]],
  'agent-role': (value) => ['a.role', [value]],
  action: (value) => ['a.action', actions[value] ?? ['']],
  subtype: (value) => ['a.action', subtypes[value] ?? ['']],
};

const outcomes: Readonly<Record<string, readonly string[]>> = { '0': ['permitted'], '4': ['denied'] };
const actions: Readonly<Record<string, readonly string[]>> = {
  R: ['read', 'evidence'],
  E: ['search', 'history', 'operation', 'messages'],
};
const subtypes: Readonly<Record<string, readonly string[]>> = {
  read: ['read', 'evidence'],
  'search-type': ['search', 'messages'],
  'history-instance': ['history'],
  operation: ['operation'],
};

function addTokens(query: SelectQueryBuilder<AccessEvent>, request: PlainRequest): void {
  let index = 0;
  for (const [name, all] of request.tokens) {
    const column = columns[name];
    for (const anyOf of all) {
      index += 1;
      const values = anyOf.map(({ value = '' }) => value);
      if (name === 'type') {
        if (!values.includes('rest')) query.andWhere('1 = 0');
      } else if (column !== undefined) {
        const found = values.map(column);
        query.andWhere(`${found[0]?.[0] ?? 'a.id'} IN (:...tokens${index})`, {
          [`tokens${index}`]: nonEmpty(found.flatMap(([, one]) => one)),
        });
      }
    }
  }
}
