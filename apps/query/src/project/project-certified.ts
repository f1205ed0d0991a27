import { type CertifiedEvent, type PatientIdentifier, recordKey, resourceId } from '@anamnesis/core';
import { type ChartRecord, Message } from '@anamnesis/store';
import { replaceAll, selectIn } from '../archive/rows.js';
import type { FactOf, Placed } from './facts.js';
import { certifiedRow } from './message-rows.js';
import { type Cause, PersonGraph } from './person-graph.js';
import type { Projection } from './projection.js';
import { ResourceChart } from './resource-chart.js';
import type { Stated } from './resource-fold.js';
import { statementsOf } from './statements-of.js';

/** Events handled between two looks at the sockets. */
const eventsAtOnce = 10;
const identifierLength = 255;

type Certified = Placed<FactOf<'certified'>>;

/** Certified events become message rows, resource versions and versions of persons. */
export async function projectCertified(projection: Projection, facts: readonly Certified[]): Promise<void> {
  const { deploymentKey, manager } = projection;
  const stated = facts.map(({ header }) => statementsOf(header, deploymentKey));
  const numbers = facts.map(({ header }) => numbersOf(header, deploymentKey));
  await projection.openKeys(stated.flat().map((one) => one.recordKey));
  const chart = new ResourceChart(projection);
  const graph = new PersonGraph(projection);
  await chart.load(stated.flat());
  await graph.load(
    numbers.flat().map((one) => one.recordKey),
    numbers.flat().map((one) => one.patientId),
  );
  for (const [index, fact] of facts.entries()) {
    if (index % eventsAtOnce === eventsAtOnce - 1) await projection.breathe();
    for (const number of numbers[index] ?? []) graph.add(number);
    await projectOne({ fact, stated: stated[index] ?? [] }, chart, graph);
  }
  const anchored = await anchoredAmong(projection, facts);
  await replaceAll(
    manager,
    Message,
    facts.map((fact) => certifiedRow(fact, anchored.has(fact.header.event.id))),
  );
  await chart.flush();
  await projection.breathe();
  await graph.flush();
}

async function projectOne(
  { fact, stated }: { fact: Certified; stated: readonly Stated[] },
  chart: ResourceChart,
  graph: PersonGraph,
): Promise<void> {
  const cause: Cause = { eventId: fact.header.event.id, seq: fact.seq, at: fact.at };
  const changed = new Set<string>();
  for (const statement of await chart.name(stated, fact)) {
    const { versionId } = await chart.state(statement, fact);
    const record = graph.record(statement.recordKey);
    if (statement.resourceType !== 'Patient' || record?.patientId !== statement.id) continue;
    graph.restate(record, versionId);
    changed.add(record.recordKey);
  }
  const personId = await certifyFirst(fact.header, graph, cause);
  graph.touch(
    [...changed].filter((key) => graph.record(key)?.personId !== personId),
    cause,
  );
}

/** A record's first certification makes it a person, or part of one: its id, whose version then says it all. */
async function certifyFirst(
  { event, certification: { person } }: CertifiedEvent,
  graph: PersonGraph,
  cause: Cause,
): Promise<string | undefined> {
  const subject = person && graph.record(person.recordKey);
  if (person === undefined || subject?.ordinal !== null) return undefined;
  graph.certify(subject, {
    ordinal: person.recordOrdinal,
    facility: event.source.facility.slice(0, identifierLength),
  });
  await graph.connect([subject.recordKey], cause);
  return subject.personId ?? undefined;
}

async function anchoredAmong({ manager }: Projection, facts: readonly Certified[]): Promise<ReadonlySet<string>> {
  const keys = facts.map(({ header }) => header.event.id);
  const rows = await selectIn<{ eventId: string }>(manager, 'SELECT eventId FROM anchored_leaf WHERE eventId IN', {
    keys,
  });
  return new Set(rows.map(({ eventId }) => eventId));
}

/** The patient records that an event names: its subject, and both sides of what it merges. */
function numbersOf({ event }: CertifiedEvent, deploymentKey: Uint8Array): readonly NewRecord[] {
  const merges = (event.identity?.merges ?? []).flatMap(({ survivor, retired }) => [survivor, retired]);
  return [...(event.subject === undefined ? [] : [event.subject]), ...merges].map((number) =>
    recordOf(number, event.source.facility, deploymentKey),
  );
}

type NewRecord = Omit<ChartRecord, 'ordinal' | 'personId' | 'patientVersion'>;

export function recordOf({ system, value }: PatientIdentifier, facility: string, deploymentKey: Uint8Array): NewRecord {
  return {
    recordKey: recordKey(deploymentKey, { system, value }),
    patientId: resourceId(deploymentKey, 'Patient', system, value),
    system: system.slice(0, identifierLength),
    value: value.slice(0, identifierLength),
    facility: facility.slice(0, identifierLength),
  };
}
