import { RemappedEvent } from '@anamnesis/store';
import { insertAll } from '../archive/rows.js';
import type { FactOf, Placed } from './facts.js';
import { PersonGraph } from './person-graph.js';
import type { Projection } from './projection.js';
import { ResourceChart } from './resource-chart.js';
import { resourceName, type Stated } from './resource-fold.js';
import { statementsOf } from './statements-of.js';

type Remapped = Placed<FactOf<'remapped'>>;

/**
 * Events that were mapped again become new versions of the resources that say something else now, and of the persons whose
 * Patients are among them. Older versions stay as they are.
 */
export async function projectRemapped(projection: Projection, facts: readonly Remapped[]): Promise<void> {
  const stated = facts.map(({ header }) => {
    const changed = new Set(header.changed);
    return statementsOf(header, projection.deploymentKey).filter((one) => changed.has(resourceName(one)));
  });
  const patients = stated.flat().filter(({ resourceType }) => resourceType === 'Patient');
  await projection.openKeys(stated.flat().map(({ recordKey }) => recordKey));
  const chart = new ResourceChart(projection);
  const graph = new PersonGraph(projection);
  await chart.load(stated.flat());
  await graph.load(patients.map(({ recordKey }) => recordKey));
  for (const [index, fact] of facts.entries()) {
    await projection.breathe();
    const changed = await restateAll(stated[index] ?? [], fact, { chart, graph });
    graph.touch(changed, { eventId: fact.header.event.id, seq: fact.seq, at: fact.at });
  }
  await insertAll(projection.manager, RemappedEvent, facts.map(remappedRow));
  await chart.flush();
  await graph.flush();
}

/** Keys of the records whose Patients say something else by it. */
async function restateAll(
  stated: readonly Stated[],
  fact: Remapped,
  { chart, graph }: { readonly chart: ResourceChart; readonly graph: PersonGraph },
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const statements of byResource(await chart.name(stated, fact))) {
    const version = await chart.restate(statements, fact);
    const record = graph.record(statements[0]?.recordKey ?? '');
    if (version?.resourceType !== 'Patient' || record?.patientId !== version.resourceId) continue;
    graph.restate(record, version.versionId);
    changed.push(record.recordKey);
  }
  await chart.relist(stated, fact);
  return changed;
}

export function remappedRow({ header, seq }: Pick<Remapped, 'header' | 'seq'>): RemappedEvent {
  const { id, resources } = header.event;
  return { eventId: id, mappingVersion: resources.version, tableVersion: resources.tableVersion ?? 0, seq };
}

/** In the order in which they are first spoken of. */
function byResource(statements: readonly Stated[]): readonly (readonly Stated[])[] {
  const found = new Map<string, Stated[]>();
  for (const statement of statements) {
    const known = found.get(resourceName(statement));
    if (known === undefined) found.set(resourceName(statement), [statement]);
    else known.push(statement);
  }
  return [...found.values()];
}
