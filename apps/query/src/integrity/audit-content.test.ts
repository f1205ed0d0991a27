import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import { certifiedOf } from '../testing/chart-builder.js';
import { type Letter, letterRecord } from '../testing/letter-record.js';
import { QueryBench } from '../testing/query-bench.js';
import { FindingBook } from './finding-book.js';
import { IntegrityAudit } from './integrity-audit.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };

describe('the integrity audit of documents', () => {
  let bench: QueryBench;
  let audit: IntegrityAudit;
  let letter: Letter;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  beforeEach(async () => {
    bench = await QueryBench.open();
    const { store, archive, projector, keys, content, build } = bench;
    const [metrics, registration] = [new Metrics(), new RegistrationClient(keys)];
    audit = new IntegrityAudit(store, archive, projector, new FindingBook(metrics), registration, metrics, content);
    const document = Buffer.alloc(1_000_000, 'an invented letter');
    letter = await letterRecord({ build, content: bench.contentStore, subject, document });
    await bench.deliver(letter.record);
  });
  afterEach(() => bench.close());

  const findings = async () => {
    await audit.whole();
    return (await audit.report()).findings.map(({ place, eventId, fault }) => ({ place, eventId, fault }));
  };
  const eventId = () => certifiedOf(letter.record).event.id;
  const file = async (): Promise<string> => {
    const all = await readdir(join(bench.directory, 'content'), { recursive: true, withFileTypes: true });
    const paths = all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    const sizes = await Promise.all(paths.map(async (path) => ({ path, size: (await readFile(path)).length })));
    return sizes.find(({ size }) => size > 1_000_000)?.path ?? '';
  };

  it('finds nothing in what nobody touched', async () => {
    expect(await findings()).toEqual([]);
  });

  it('names the event of an object that is missing or altered, until it is back', async () => {
    const path = await file();
    const whole = await readFile(path);
    await rename(path, `${path}.away`);
    expect(await findings()).toEqual([{ place: 'content_store', eventId: eventId(), fault: 'missing' }]);
    expect((await bench.history.eventFacts([eventId()])).get(eventId())?.integrity).toBe('mismatch');
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(900_000) ^ 1, 900_000);
    await writeFile(path, changed);
    expect(await findings()).toEqual([{ place: 'content_store', eventId: eventId(), fault: 'altered' }]);
    await writeFile(path, whole);
    expect(await findings()).toEqual([]);
  });

  it('goes on with what follows after a message whose documents it has read', async () => {
    await bench.deliver(bench.build.certified({ subject, patient: { gender: 'male' } }));
    await rename(await file(), `${await file()}.away`);
    for (let n = 0; n < 3; n++) await audit.slice(1);
    expect((await audit.report()).findings).toMatchObject([{ place: 'content_store' }]);
  });
});
