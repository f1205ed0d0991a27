import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json } from '@anamnesis/core';
import { databases } from '../../../../test/databases.js';
import { QueryBench } from '../testing/query-bench.js';

const subject = { system: 'urn:test:mrn', value: 'TEST-1' };
const names = (...family: string[]) => ({ name: family.map((one) => ({ family: one })) });

describe.each(databases)('the rows by which a resource is found, on $name', ({ fresh }) => {
  let bench: QueryBench;
  let minute: number;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    minute = 0;
  });
  afterEach(() => bench.close());

  const say = (patient: Readonly<Record<string, Json>>) =>
    bench.deliver(bench.build.certified({ subject, minute: minute++, patient }));

  const found = async (param: string) => {
    const rows = await bench.rows('resource_index');
    return rows
      .filter((row) => row['param'] === param)
      .map(({ value }) => value)
      .sort();
  };

  /** Another value, which whoever writes the row again puts right. */
  const mark = (param: string) =>
    bench.store.transaction((manager) =>
      manager.query("UPDATE resource_index SET value = 'marked' WHERE param = ?", [param]),
    );

  it('are written where a message changes them, and left alone where it does not', async () => {
    await say({ gender: 'female', birthDate: '1962-03-20', ...names('One') });
    await mark('birthdate');
    await say({ gender: 'male', ...names('One') });
    expect([await found('gender'), await found('birthdate')]).toEqual([['male'], ['marked']]);
  });

  it('go when the resource no longer says them', async () => {
    await say({ gender: 'female', ...names('One', 'Two', 'Three') });
    await say({ gender: 'female', ...names('Three') });
    expect([await found('family'), await found('gender')]).toEqual([['three'], ['female']]);
    await say({ gender: 'female', ...names('Three', 'Four') });
    expect(await found('family')).toEqual(['four', 'three']);
  });

  it('are all written again where what is stored is not what would be stored now', async () => {
    await say({ gender: 'female', birthDate: '1962-03-20' });
    await mark('birthdate');
    await bench.store.transaction((manager) => manager.query("UPDATE resource_current SET indexDigest = 'older'"));
    await say({ gender: 'male' });
    expect([await found('gender'), await found('birthdate')]).toEqual([['male'], ['1962-03-20T00:00:00.000Z']]);
  });

  it('are those of the last of several messages that come at once', async () => {
    const build = (patient: Readonly<Record<string, Json>>) =>
      bench.build.certified({ subject, minute: minute++, patient });
    await say({ gender: 'female', ...names('One') });
    await bench.deliver(build({ gender: 'male', ...names('Two', 'Three') }), build({ gender: 'other' }));
    expect([await found('gender'), await found('family')]).toEqual([['other'], ['three', 'two']]);
  });
});
