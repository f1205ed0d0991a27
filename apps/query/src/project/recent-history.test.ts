import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import { databases } from '../../../../test/databases.js';
import type { NewEntry } from '../archive/archive.js';
import { auditResource } from '../integrity/audit-resource.js';
import { certifiedOf } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { judgeCertified, remappedKey } from './judge-facts.js';
import { Projector } from './projector.js';
import { resourceName } from './resource-fold.js';

const subjectOf = (at: number) => ({ system: 'urn:test:hospital', value: `TEST-${at}` });
const count = 60;
/** Minutes in an order in which most are late, by little and by much. */
const minutes = Array.from({ length: count }, (_, at) => (at * 37) % count);

describe.each(databases)('late statements about what belongs to no patient, on $name', ({ fresh }) => {
  let bench: QueryBench;
  let said: readonly DeliveredRecord[];

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    said = minutes.map((minute) => {
      const slots = { name: `N${minute % 7}`, ...(minute % 3 === 0 && { 'telecom:work': `T${minute}` }) };
      const removed = minute % 5 === 0 ? ['telecom:work', 'address'] : [];
      const address = minute % 4 === 1 && { address: `A${minute}` };
      const hospital = bench.build.statement('Organization', 'H', { slots: { ...slots, ...address }, removed });
      return bench.build.certified({ subject: subjectOf(minute), minute, patient: {}, statements: [hospital] });
    });
  });
  afterEach(() => bench.close());

  /** By making each version again, from everything that the archive says. */
  const findings = () =>
    bench.store.transaction(async (manager) => {
      const { id } = bench.build.statement('Organization', 'H');
      const projection = await bench.projector.open(manager, []);
      const whole = { seq: 1, versionsMax: Infinity };
      return (await auditResource(projection, { resourceType: 'Organization', id }, whole)).findings;
    });
  const entriesOf = (records: readonly DeliveredRecord[]) => judgeCertified(records).done;
  const another = () => new Projector(bench.store, bench.archive, bench.contentKeys, bench.keys);
  const versions = async () =>
    (await bench.rows('resource_version')).filter((row) => row['resourceType'] !== 'Patient');

  it.each([1, 7, count])('make the versions that folding everything makes, %d at a time', async (size) => {
    for (let from = 0; from < count; from += size) await bench.deliver(...said.slice(from, from + size));
    expect(await findings()).toEqual([]);
    const made = await versions();
    const stale = made.filter(({ isStale }) => Number(isStale) === 1);
    expect(made.length).toBe(count + stale.length);
    expect(stale.length).toBeGreaterThan(count / 2);
  });

  it('make them also where several processes take turns, and one begins anew', async () => {
    const projectors = [bench.projector, another()];
    for (const [at, record] of said.entries()) {
      if (at === count / 2) projectors[1] = another();
      await projectors[(at >> 1) % 2]?.take(entriesOf([record]));
    }
    expect(await findings()).toEqual([]);
  });

  it('are forgotten with the work that is undone', async () => {
    const { projector, store } = bench;
    await projector.take(entriesOf(said.slice(0, 20)));
    const undone = store.transaction(async (manager) => {
      await projector.takeIn(manager, entriesOf(said.slice(20, 30)));
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    for (const record of said.slice(20).reverse()) await projector.take(entriesOf([record]));
    expect(await findings()).toEqual([]);
  });

  it('find their place among those that were mapped again', async () => {
    const { projector } = bench;
    await projector.take(entriesOf(said.slice(0, 30)));
    for (const record of said.slice(5, 10)) await projector.take([mappedAgain(record)]);
    for (const record of said.slice(30)) await projector.take(entriesOf([record]));
    expect(await findings()).toEqual([]);
  });
});

/** With another name of the hospital, which later statements may have replaced. */
function mappedAgain(record: DeliveredRecord): NewEntry {
  const { event, certification } = certifiedOf(record);
  const statements = event.resources.statements.map((one) =>
    one.resourceType === 'Organization' ? { ...one, slots: { ...one.slots, name: 'AGAIN' } } : one,
  );
  const changed = statements.filter(({ resourceType }) => resourceType === 'Organization').map(resourceName);
  const resources = { ...event.resources, version: 2, statements };
  return {
    kind: 'remapped',
    entryKey: remappedKey(event.id, { mappingVersion: 2, tableVersion: 0 }),
    recordKey: certification.recordKey,
    header: { event: { ...event, resources }, certification, changed },
    raw: new Uint8Array(0),
  };
}
