import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceFact } from '@anamnesis/core';
import { databases } from '../../../../test/databases.js';
import { QueryBench } from '../testing/query-bench.js';
import { storedMessages } from './stored-messages.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };
const source = { facility: 'TEST-HOSPITAL', application: 'TEST-ADT' } as SourceFact;

describe.each(databases)('messages to preview corrections on, on $name', ({ fresh }) => {
  let bench: QueryBench;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
  });
  afterEach(() => bench.close());

  const controlIds = async (count: number) =>
    (await storedMessages(bench.store.reader.manager, bench.archive, { source, count })).map(
      ({ event }) => event.source.messageId,
    );

  it('are the newest of the source, those of its testing too, each with its bytes', async () => {
    const says = (controlId: string, minute: number, facility = source.facility) =>
      bench.build.certified({ subject, controlId, minute, facility, patient: { gender: 'female' } });
    const refused = bench.build.refused(says('REFUSED', 5), { code: 'type-not-permitted', reason: 'not permitted' });
    await bench.deliver(bench.build.tested(says('TESTED', 2)), says('OLD', 1), says('NEW', 3), refused);
    await bench.deliver(says('OTHER', 4, 'ANOTHER-HOSPITAL'));
    expect(await controlIds(10)).toEqual(['NEW', 'TESTED', 'OLD']);
    expect(await controlIds(2)).toEqual(['NEW', 'TESTED']);
    const [newest] = await storedMessages(bench.store.reader.manager, bench.archive, { source, count: 1 });
    expect(Buffer.from(newest?.raw ?? []).toString()).toContain('|NEW|');
  });
});
