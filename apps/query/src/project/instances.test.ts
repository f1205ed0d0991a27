import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import { databases } from '../../../../test/databases.js';
import { QueryBench } from '../testing/query-bench.js';
import { projectionTables, rebuildProjections } from './rebuild-projections.js';

const subjects = Array.from({ length: 6 }, (_, at) => ({ system: 'urn:test:hospital', value: `TEST-${at}` }));
const instancesMax = 3;

describe.each(databases.filter(({ name }) => name !== 'SQLite'))('instances of query on $name', ({ fresh }) => {
  const benches: QueryBench[] = [];

  beforeEach(async () => {
    const url = await fresh();
    for (let at = 0; at < instancesMax; at++) benches.push(await QueryBench.open(() => Promise.resolve(url)));
  });
  afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.close())));

  it('project side by side, from the first record of all, what one of them alone would', async () => {
    const [first] = benches;
    if (first === undefined) throw new Error('no instance');
    const { build } = first;
    const said = [1, 2, 3, 4, 5].flatMap((minute) =>
      subjects.map((subject) =>
        build.certified({
          subject,
          minute,
          patient: { gender: `g${minute}` },
          statements: [build.statement('Encounter', `V-${subject.value}`, { slots: { status: `s${minute}` } })],
        }),
      ),
    );
    const links = subjects.slice(1).map((subject, at) => build.assertion([subjects[at] ?? subject, subject]));
    // Each record goes to two instances: one of them lost its partition while the other took it over.
    const batches = [...batchesOf(said, 7), ...batchesOf(links, 2), [build.anchored('batch-1', said.slice(0, 10))]];
    await Promise.all(
      benches.flatMap((bench, instance) =>
        batches
          .filter((_, at) => [at, at + 1].some((one) => one % instancesMax === instance))
          .map((batch) => bench.deliver(...batch)),
      ),
    );
    const archived = await first.rows('archive_entry');
    const seqs = archived.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: said.length + links.length + 1 }, (_, at) => at + 1));
    const rows = async () => Promise.all(projectionTables.map(async (table) => [table, await first.rows(table)]));
    const before = await rows();
    await rebuildProjections(first.store, first.projector, () => undefined);
    expect(await rows()).toEqual(before);
  });
});

function batchesOf(records: readonly DeliveredRecord[], size: number): DeliveredRecord[][] {
  const batches: DeliveredRecord[][] = [];
  for (let from = 0; from < records.length; from += size) batches.push(records.slice(from, from + size));
  return batches;
}
