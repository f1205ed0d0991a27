import type { AuthorityFact } from '@anamnesis/core';
import { PatientRecord, PersonAssertionRow, RecordIdentifier } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { assert, assertionId, candidateId } from './assertions.js';
import { isPlaceholderIdentifier } from './evidence.js';
import { judgePair, type PairContext, type RecordClaim } from './guards.js';
import { referenceOf } from './merge-records.js';
import { notSamePairs, pairName, putInReview, settlePending } from './pending.js';
import { PersonGraph } from './person-graph.js';

const keysPerStatement = 200;

export interface LinkOptions {
  /** Authorities whose numbers link, with their scope. */
  readonly linkable: ReadonlyMap<string, AuthorityFact['scope']>;
  /** Event that brought the news of a record. */
  eventOf(recordKey: string): string | undefined;
}

interface Neighbourhood {
  readonly records: ReadonlyMap<string, PatientRecord>;
  readonly identifiers: readonly RecordIdentifier[];
  readonly graph: PersonGraph;
  readonly notSame: ReadonlySet<string>;
}

/** Compares each of these records with all that share a number of a linking authority; links, or puts in review. */
export async function linkRecords(
  registration: Registration,
  turn: Turn,
  { recordKeys, ...options }: LinkOptions & { readonly recordKeys: readonly string[] },
): Promise<void> {
  if (options.linkable.size === 0 || recordKeys.length === 0) return;
  const systems = [...options.linkable.keys()];
  const own = (await identifiersOf(turn, recordKeys, systems)).filter(({ value }) => !isPlaceholderIdentifier(value));
  if (own.length === 0) return;
  const shared = await carriersOf(turn, own);
  const around = await load(turn, { shared, systems });
  for (const { recordKey, system, value } of own) {
    const carriers = shared.filter((one) => one.system === system && one.value === value);
    await linkOne(registration, turn, { ...options, around, carriers, recordKey, system });
  }
}

type LinkOne = LinkOptions & {
  readonly around: Neighbourhood;
  readonly carriers: readonly RecordIdentifier[];
  readonly recordKey: string;
  readonly system: string;
};

async function linkOne(registration: Registration, turn: Turn, one: LinkOne): Promise<void> {
  const { around, carriers, recordKey } = one;
  const { settings } = registration;
  const others = carriers
    .flatMap((carrier) => around.records.get(carrier.recordKey) ?? [])
    .filter((other) => other.recordKey !== recordKey)
    .sort((x, y) => x.ordinal - y.ordinal);
  const current = carriers.filter((carrier) => !around.graph.isRetired(carrier.recordKey)).length;
  // Past the limit every pair would wait: a few of them tell the reviewer enough.
  for (const other of others.slice(0, Math.max(settings.IDENTIFIER_RECORDS_MAX, settings.PERSON_RECORDS_MAX)))
    await linkPair(registration, turn, { ...one, other, current });
}

async function linkPair(
  { keys, settings }: Registration,
  turn: Turn,
  pair: LinkOne & { readonly other: PatientRecord; readonly current: number },
): Promise<void> {
  const { around, recordKey, other, system, current } = pair;
  const record = around.records.get(recordKey);
  if (record === undefined || around.notSame.has(pairName(recordKey, other.recordKey))) return;
  const mine = around.graph.person(recordKey);
  if (mine.has(other.recordKey)) return;
  const theirs = around.graph.person(other.recordKey);
  const context: PairContext = {
    recordsWithIdentifier: current,
    identifierRecordsMax: settings.IDENTIFIER_RECORDS_MAX,
    recordsTogether: [...mine, ...theirs].filter((key) => !around.graph.isRetired(key)).length,
    personRecordsMax: settings.PERSON_RECORDS_MAX,
    joinsNotSame: [...mine].some((one) => [...theirs].some((two) => around.notSame.has(pairName(one, two)))),
  };
  const judgement = judgePair(claimOf(record, pair), claimOf(other, pair), context);
  if (judgement.outcome === 'none') return;
  const [first, second] = record.ordinal < other.ordinal ? [record, other] : [other, record];
  const ends = { firstKey: first.recordKey, secondKey: second.recordKey };
  const waitingId = candidateId(keys.deploymentKey, 'candidate', Object.values(ends));
  const eventId = pair.eventOf(recordKey);
  if (judgement.outcome === 'review') {
    const waiting = { id: waitingId, kind: 'candidate' as const, ...ends, system, eventId: eventId ?? null };
    await putInReview(turn, { ...waiting, guards: judgement.guards });
    return;
  }
  const link = { kind: 'link' as const, first: referenceOf(first), second: referenceOf(second) };
  const id = assertionId(keys.deploymentKey, link);
  // Undone by an operator: the rule does not make it again.
  if (await turn.manager.existsBy(PersonAssertionRow, { id, state: 'undone' })) return;
  await assert(turn, { ...link, id }, { rule: 'same-identifier', system, ...(eventId !== undefined && { eventId }) });
  around.graph.add({ id, kind: 'link', ...ends });
  await settlePending(turn, waitingId);
}

async function load(
  turn: Turn,
  { shared, systems }: { shared: readonly RecordIdentifier[]; systems: readonly string[] },
): Promise<Neighbourhood> {
  const recordKeys = [...new Set(shared.map(({ recordKey }) => recordKey))];
  const records = new Map<string, PatientRecord>();
  for (const some of chunks(recordKeys))
    for (const row of await turn.manager.findBy(PatientRecord, { recordKey: In(some) }))
      records.set(row.recordKey, row);
  const graph = await PersonGraph.load(turn.manager, recordKeys);
  const members = [...new Set(recordKeys.flatMap((key) => [...graph.person(key)]))];
  const notSame = await notSamePairs(turn.manager, members);
  return { records, identifiers: await identifiersOf(turn, recordKeys, systems), graph, notSame };
}

async function identifiersOf(
  turn: Turn,
  recordKeys: readonly string[],
  systems: readonly string[],
): Promise<readonly RecordIdentifier[]> {
  const rows: RecordIdentifier[] = [];
  for (const some of chunks(recordKeys))
    rows.push(...(await turn.manager.findBy(RecordIdentifier, { recordKey: In(some), system: In([...systems]) })));
  return rows;
}

/** Every record that carries one of these numbers. */
async function carriersOf(turn: Turn, own: readonly RecordIdentifier[]): Promise<readonly RecordIdentifier[]> {
  const rows: RecordIdentifier[] = [];
  for (const system of new Set(own.map((one) => one.system))) {
    const values = [...new Set(own.filter((one) => one.system === system).map(({ value }) => value))];
    for (const some of chunks(values))
      rows.push(...(await turn.manager.findBy(RecordIdentifier, { system, value: In(some) })));
  }
  return rows;
}

function claimOf(record: PatientRecord, { around, linkable }: LinkOne): RecordClaim {
  const { birthDate, familyName, givenName, sex, isDeceased, deceasedSince, lastActivityAt } = record;
  const national = around.identifiers.filter(
    ({ recordKey, system, value }) =>
      recordKey === record.recordKey && linkable.get(system) === 'national' && !isPlaceholderIdentifier(value),
  );
  const formerNames = record.formerNames === null ? [] : (JSON.parse(record.formerNames) as readonly string[]);
  const person = { birthDate, familyName, givenName, sex, formerNames, isDeceased, deceasedSince, lastActivityAt };
  return { ...person, nationalIdentifiers: national };
}

function chunks<Item>(items: readonly Item[]): readonly Item[][] {
  const count = Math.ceil(items.length / keysPerStatement);
  return Array.from({ length: count }, (_, at) => items.slice(at * keysPerStatement, (at + 1) * keysPerStatement));
}
