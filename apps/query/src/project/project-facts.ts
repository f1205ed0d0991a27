import { AnchoredBatchRow, AnchoredLeaf, Message, TestMessage } from '@anamnesis/store';
import { insertAll, replaceAll, runIn, selectIn } from '../archive/rows.js';
import { testedRow } from '../test-history/tested-row.js';
import { assertionOf } from './assertion-of.js';
import type { Fact, FactOf, Placed } from './facts.js';
import { intakeRow, refusedRow } from './message-rows.js';
import { PersonGraph } from './person-graph.js';
import { projectNumberMerge } from './project-number-merge.js';
import { projectCertified, recordOf } from './project-certified.js';
import { projectRemapped } from './project-remapped.js';
import type { Projection } from './projection.js';
import { regroupReused } from './regroup-reused.js';

/** Applies facts to the projections in the order given, which is that of the archive. */
export async function projectFacts(projection: Projection, facts: readonly Placed<Fact>[]): Promise<void> {
  for (const run of runsOf(facts)) {
    await projectRun(projection, run);
    await projection.breathe();
  }
}

type Run = { [Kind in Fact['kind']]: { kind: Kind; facts: Placed<FactOf<Kind>>[] } }[Fact['kind']];

async function projectRun(projection: Projection, run: Run): Promise<void> {
  switch (run.kind) {
    case 'certified':
      return projectCertified(projection, run.facts);
    case 'anchored':
      return projectAnchored(projection, run.facts);
    case 'person':
      return projectAssertions(projection, run.facts);
    case 'refused':
      return projectRefused(projection, run.facts);
    case 'remapped':
      return projectRemapped(projection, run.facts);
    case 'intake':
      return insertAll(projection.manager, Message, run.facts.map(intakeRow));
    case 'test':
      // A row in a list of its own, and nothing else: no resource, no record, no person.
      return replaceAll(projection.manager, TestMessage, run.facts.map(testedRow));
  }
}

/** Neighbours of one kind share their reads and writes. */
function runsOf(facts: readonly Placed<Fact>[]): readonly Run[] {
  const runs: Run[] = [];
  for (const fact of facts) {
    const last = runs.at(-1);
    if (last?.kind === fact.kind) (last.facts as Placed<Fact>[]).push(fact);
    else runs.push({ kind: fact.kind, facts: [fact] } as Run);
  }
  return runs;
}

/** The proof joins its event in whichever order the two come. */
async function projectAnchored({ manager }: Projection, facts: readonly Placed<FactOf<'anchored'>>[]): Promise<void> {
  const leaves = facts.flatMap(({ header }) =>
    header.leaves.map(({ eventId }, position) => ({ eventId: String(eventId), batchId: header.batchId, position })),
  );
  const keys = leaves.map(({ eventId }) => eventId);
  const sql = 'SELECT eventId FROM anchored_leaf WHERE eventId IN';
  const known = new Set((await selectIn<AnchoredLeaf>(manager, sql, { keys })).map(({ eventId }) => eventId));
  const batches = facts.map(({ header }) => ({
    batchId: header.batchId,
    root: header.root,
    previousRoot: header.previousRoot,
    size: header.leaves.length,
    anchoredAt: header.anchoredAt,
    leaves: Buffer.from(header.leaves.map(({ leaf }) => leaf).join(''), 'hex'),
    anchor: Buffer.from(JSON.stringify(header.anchor), 'utf8'),
    evidence: Buffer.from(JSON.stringify(header.evidence), 'utf8'),
  }));
  await insertAll(manager, AnchoredBatchRow, batches);
  const fresh = new Map(leaves.filter(({ eventId }) => !known.has(eventId)).map((leaf) => [leaf.eventId, leaf]));
  await insertAll(manager, AnchoredLeaf, [...fresh.values()]);
  await runIn(manager, "UPDATE message SET state = 'anchored' WHERE state = 'certified' AND id IN", keys);
}

/** One by one where visits or accounts merge: each starts from what the one before it made. */
async function projectAssertions(projection: Projection, facts: readonly Placed<FactOf<'person'>>[]): Promise<void> {
  const isOfPersons = ({ header }: FactOf<'person'>) => header.kind === 'link' || header.kind === 'merge';
  await regroupReused(projection, facts.filter(isOfPersons));
  await projectPersons(projection, facts.filter(isOfPersons));
  for (const fact of facts) if (!isOfPersons(fact)) await projectNumberMerge(projection, fact);
}

async function projectPersons(projection: Projection, facts: readonly Placed<FactOf<'person'>>[]): Promise<void> {
  const graph = new PersonGraph(projection);
  await graph.loadAssertions(facts.map(({ header }) => header.id));
  await graph.load(facts.flatMap(({ header }) => [header.first.recordKey, header.second.recordKey]));
  for (const { header, seq, at } of facts) {
    if (!graph.assert(assertionOf(header))) continue;
    for (const number of [header.first, header.second]) graph.add(recordOf(number, '', projection.deploymentKey));
    const ends = [header.first.recordKey, header.second.recordKey];
    await graph.connect(ends, { assertionId: header.id, seq, at });
  }
  await graph.flush();
}

/** What was refused shows with its reason until it is certified; a late refusal does not undo a certification. */
async function projectRefused(projection: Projection, facts: readonly Placed<FactOf<'refused'>>[]): Promise<void> {
  const { manager, deploymentKey } = projection;
  const graph = new PersonGraph(projection);
  await graph.load(facts.flatMap(({ header }) => header.recordKey ?? []));
  for (const { header } of facts)
    if (header.subject !== undefined) graph.add(recordOf(header.subject, header.source.facility, deploymentKey));
  await graph.flush();
  const sql = "SELECT id FROM message WHERE state <> 'refused' AND id IN";
  const keys = facts.map(({ header }) => header.id);
  const done = new Set((await selectIn<Message>(manager, sql, { keys })).map(({ id }) => id));
  const latest = new Map(facts.map((fact) => [fact.header.id, fact]));
  await replaceAll(manager, Message, [...latest.values()].filter(({ header }) => !done.has(header.id)).map(refusedRow));
}
