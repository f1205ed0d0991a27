import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databases } from '../../../../test/databases.js';
import { QueryBench } from '../testing/query-bench.js';
import { auditResource } from './audit-resource.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };

describe.each(databases)('the audit of a resource with very many versions on $name', ({ fresh }) => {
  let bench: QueryBench;
  let id: string;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    id = bench.build.statement('Organization', 'H').id;
    // The third is late: it makes two versions.
    for (const minute of [1, 5, 3, 7])
      await bench.deliver(
        bench.build.certified({
          ...{ subject, minute, patient: {} },
          statements: [bench.build.statement('Organization', 'H', { slots: { name: `N${minute}` } })],
        }),
      );
  });
  afterEach(() => bench.close());

  /** As far as the entry of the late one goes. */
  const audited = async (versionsMax = 4, seq = 3) =>
    bench.store.transaction(async (manager) => {
      const projection = await bench.projector.open(manager, []);
      return auditResource(projection, { resourceType: 'Organization', id }, { seq, versionsMax });
    });
  const alter = (sql: string) => bench.store.transaction((manager) => manager.query(sql, [id]));
  const found = async () => (await audited()).findings.map(({ place, subject: what, fault }) => [place, what, fault]);

  it('is of what one entry made, and of the present', async () => {
    const name = `Organization/${id}`;
    expect(await audited()).toEqual({ subjects: [name, `${name}/3`, `${name}/4`, `${name}/5`], findings: [] });
    expect((await audited(5)).subjects).toContain(`${name}/1`);
  });

  it.each([
    [1, ['1', '5']],
    [2, ['2', '5']],
    [4, ['5']],
    [9, ['5']],
  ])('is of what entry %d made', async (seq, versions) => {
    const name = `Organization/${id}`;
    expect((await audited(4, seq)).subjects).toEqual([name, ...versions.map((version) => `${name}/${version}`)]);
  });

  it.each([
    ["UPDATE resource_version SET sealed = X'01' WHERE versionId = 3 AND resourceId = ?", 'resource_version', '/3'],
    ["UPDATE resource_version SET sealed = X'01' WHERE versionId = 5 AND resourceId = ?", 'resource_version', '/5'],
    ["UPDATE resource_current SET happenedAt = 'x' WHERE resourceId = ?", 'resource_current', ''],
    ["UPDATE resource_index SET value = 'x' WHERE resourceId = ?", 'resource_index', ''],
    ['DELETE FROM resource_version WHERE versionId = 5 AND resourceId = ?', 'resource_current', ''],
  ])('finds after %s', async (sql, place, where) => {
    await alter(sql);
    const [first] = await found();
    expect(first?.slice(0, 2)).toEqual([place, `Organization/${id}${where}`]);
  });

  it('does not look at the versions of other entries', async () => {
    await alter("UPDATE resource_version SET sealed = X'01' WHERE versionId = 1 AND resourceId = ?");
    expect(await found()).toEqual([]);
    expect((await audited(Infinity)).findings).toHaveLength(1);
  });
});
