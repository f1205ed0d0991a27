import { parseEventId, Rejected } from '@anamnesis/core';
import type { HistoryReader } from '../../history/history-reader.js';
import { invalidParameter } from '../fhir-failure.js';
import { mayBeReadAs } from '../../project/read-as.js';
import type { PlainParameters, PlainRequest } from '../search/parse-plain.js';
import { servedTypes } from '../served-types.js';
import { continuePlain, plainAnswer } from './answer-plain.js';
import type { Served } from './bundle.js';
import { countEvents, type EventsAsked, pageEvents } from './page-events.js';
import type { Target } from './read-one.js';
import { readProvenance } from './read-provenance.js';
import type { SearchContext } from './run-search.js';
import { personsAsked, recordKeysOf } from './select-records.js';

export const provenanceParameters: PlainParameters = {
  references: { target: [...servedTypes.keys()], patient: ['Patient'] },
  tokens: ['entity', '_source'],
  dates: ['recorded'],
};

/** Provenance is computed from events when asked for; pages follow the order in which events were received. */
export async function searchProvenance(context: SearchContext, asked: PlainRequest): Promise<Served> {
  const { reader, store, origin } = context;
  const { request, continued } = continuePlain(context.cursors, {
    type: 'Provenance',
    served: provenanceParameters,
    asked,
  });
  const events = await eventsAsked(reader, request);
  const total = continued?.total ?? (await countEvents(store, events));
  const page = request.isCountOnly
    ? { eventIds: [] }
    : await pageEvents(store, events, { count: request.count, after: continued?.position });
  const found = await readProvenance(reader, page.eventIds, origin);
  return plainAnswer(context, { type: 'Provenance', asked, request, found, total, position: page.next });
}

async function eventsAsked(reader: HistoryReader, request: PlainRequest): Promise<EventsAsked> {
  const sets: (readonly string[])[] = [...request.ids];
  for (const name of ['entity', '_source'])
    for (const anyOf of request.tokens.get(name) ?? [])
      sets.push(anyOf.map(({ value = '' }) => eventIdOf(name, value)));
  for (const targets of request.references.get('target') ?? []) sets.push(await eventsOfTargets(reader, targets));
  const clauses = (request.references.get('patient') ?? []).map((references) => ({
    ids: references.map((reference) => reference.slice('Patient/'.length)),
    identifiers: [],
  }));
  const persons = await personsAsked(reader, clauses);
  const [first, ...rest] = sets;
  return {
    recordKeys: persons === undefined ? undefined : recordKeysOf(persons),
    eventIds: first === undefined ? undefined : rest.reduce((all, one) => all.filter((id) => one.includes(id)), first),
    received: request.dates.get('recorded') ?? [],
  };
}

/** All that ever said something of the targets: of a merged Patient, visit or account, of any of its numbers. */
async function eventsOfTargets(reader: HistoryReader, targets: readonly string[]): Promise<readonly string[]> {
  const events: string[] = [];
  for (const target of targets) {
    const [type = '', id = ''] = target.split('/');
    events.push(...(await reader.eventsOf(type, await idsOf(reader, { type, id }))));
  }
  return [...new Set(events)];
}

async function idsOf(reader: HistoryReader, { type, id }: Target): Promise<readonly string[]> {
  if (mayBeReadAs(type)) {
    const aliases = await reader.aliasesOf([id]);
    return aliases.membersOf(aliases.finalOf(id));
  }
  const person = type === 'Patient' ? await reader.resolvePatient(id) : undefined;
  return person === undefined ? [id] : person.records.map(({ patientId }) => patientId);
}

function eventIdOf(name: string, value: string): string {
  try {
    return parseEventId(value.replace(/^urn:anamnesis:event:/, ''));
  } catch (error) {
    if (error instanceof Rejected) throw invalidParameter(name, 'not an event');
    throw error;
  }
}
