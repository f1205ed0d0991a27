import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DeliveredRecord } from '@anamnesis/bus';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import { certifiedOf } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import { FindingBook } from './finding-book.js';
import { IntegrityAudit } from './integrity-audit.js';

const one = { system: 'urn:test:hospital', value: 'TEST-1' };
const two = { system: 'urn:test:clinic', value: 'TEST-2' };

describe.each(databases)('integrity audit on $name', ({ fresh }) => {
  let bench: QueryBench;
  let audit: IntegrityAudit;
  let record: DeliveredRecord;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    const { store, archive, projector, keys, content } = bench;
    const metrics = new Metrics();
    // Registration is away: the audit goes on without opening commitments.
    const registration = new RegistrationClient(keys);
    audit = new IntegrityAudit(store, archive, projector, new FindingBook(metrics), registration, metrics, content);
    const patient = { gender: 'female', name: [{ family: 'EVERYWOMAN', given: ['EVE'] }] };
    record = bench.build.certified({ subject: one, minute: 5, patient });
    const others = [
      bench.build.certified({ subject: two, minute: 2, patient }),
      bench.build.certified({ subject: one, minute: 1, patient: { gender: 'unknown' } }),
      bench.build.certified({ subject: one, minute: 9, patient: { gender: 'female' } }),
    ];
    await bench.deliver(
      record,
      ...others,
      bench.build.anchored('batch-1', [record]),
      bench.build.assertion([one, two]),
    );
  });
  afterEach(() => bench.close());

  const alter = (sql: string, ...values: unknown[]) => bench.store.transaction((manager) => manager.query(sql, values));
  const findings = async () =>
    (await audit.report()).findings.map(({ place, subject, fault }) => `${place} ${subject} ${fault}`).sort();
  const patientName = () => `Patient/${bench.build.patientId(one)}`;

  it('finds nothing in what nobody touched', async () => {
    expect(await audit.whole()).toBe(0);
    expect(await audit.report()).toMatchObject({ entries: 6, whole: { entries: 6, findings: 0 }, findings: [] });
  });

  it('names the one sealed byte that was changed, shows it on read, and forgets it when it is put back', async () => {
    const id = bench.build.patientId(one);
    const [row] = await bench.store.writer.manager.query<{ sealed: ArrayBuffer }[]>(
      'SELECT sealed FROM resource_version WHERE resourceId = ? AND versionId = 1',
      [id],
    );
    const whole = Buffer.from(row?.sealed ?? new ArrayBuffer(0));
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(40) ^ 1, 40);
    const write = (bytes: Buffer) =>
      alter('UPDATE resource_version SET sealed = ? WHERE resourceId = ? AND versionId = 1', bytes, id);
    await write(changed);
    expect(await audit.whole()).toBe(1);
    expect(await findings()).toEqual([`resource_version ${patientName()}/1 unreadable`]);
    expect((await bench.history.readResource('Patient', id, 1))?.integrity).toBe('mismatch');
    expect((await bench.history.readResource('Patient', id, 2))?.integrity).toBe('intact');
    await write(whole);
    expect(await audit.whole()).toBe(0);
    expect(await findings()).toEqual([]);
  });

  it.each([
    [
      'UPDATE resource_version SET isStale = 1 WHERE versionId = 1 AND resourceId = ?',
      'resource_version',
      '/1 altered',
    ],
    ['DELETE FROM resource_version WHERE versionId = 1 AND resourceId = ?', 'resource_version', '/1 missing'],
    ["UPDATE resource_current SET happenedAt = 'x' WHERE resourceId = ?", 'resource_current', ' altered'],
    ["UPDATE resource_index SET value = 'm' WHERE param = 'gender' AND resourceId = ?", 'resource_index', ' altered'],
    ['DELETE FROM resource_current WHERE resourceId = ?', 'resource_current', ' missing'],
  ])('finds after %s', async (sql, place, what) => {
    await alter(sql, bench.build.patientId(one));
    await audit.whole();
    expect(await findings()).toContain(`${place} ${patientName()}${what}`);
  });

  it.each([
    ["UPDATE message SET controlId = 'other' WHERE state = ?", 'anchored', 'message altered'],
    ['DELETE FROM message WHERE state = ?', 'anchored', 'message missing'],
    ["UPDATE anchored_batch SET root = '00' WHERE batchId = ?", 'batch-1', 'anchored_batch altered'],
    ['UPDATE anchored_leaf SET position = 1 WHERE batchId = ?', 'batch-1', 'anchored_leaf altered'],
    ['UPDATE chart_record SET personId = patientId WHERE value = ?', two.value, 'chart_record altered'],
    ["UPDATE chart_assertion SET state = 'undone' WHERE version = ?", 1, 'chart_assertion altered'],
    ["UPDATE chart_person_version SET parts = '[]' WHERE version = ?", 4, 'chart_person_version altered'],
    ['UPDATE chart_person SET version = 1 WHERE version = ?', 4, 'chart_person altered'],
    ["UPDATE archive_entry SET sealed = X'01' WHERE seq = ?", 1, 'archive_entry unreadable'],
    ['UPDATE content_key SET wrapped = recordKey WHERE recordKey <> ?', 'deployment', 'archive_entry unreadable'],
  ])('finds after %s', async (sql, value, what) => {
    await alter(sql, value);
    expect(await audit.whole()).toBeGreaterThan(0);
    const found = (await audit.report()).findings.map(({ place, fault }) => `${place} ${fault}`);
    expect(found).toContain(what);
  });

  it('finds flags of a text that were altered, and nothing wrong with a row that was made before there were any', async () => {
    const warnings = ['PID^1^5: undecodable'];
    const flagged = bench.build.certified({ subject: one, minute: 20, warnings });
    await bench.deliver(flagged);
    const { id } = certifiedOf(flagged).event;
    await alter('UPDATE message SET flags = NULL WHERE id = ?', id);
    expect(await audit.whole()).toBe(0);
    await alter("UPDATE message SET flags = 'PID^1^5: zawgyi' WHERE id = ?", id);
    await audit.whole();
    expect(await findings()).toEqual([`message ${id} altered`]);
  });

  it('shows an altered event on read', async () => {
    const { id } = certifiedOf(record).event;
    await alter("UPDATE message SET controlId = 'other' WHERE id = ?", id);
    await audit.whole();
    expect((await bench.history.eventFacts([id])).get(id)?.integrity).toBe('mismatch');
  });

  it('finds rows that no entry accounts for', async () => {
    await alter(
      `INSERT INTO resource_version SELECT resourceType, 'forged', 1, recordKey, eventId, 99, at, isStale, sealed
        FROM resource_version WHERE resourceId = ? AND versionId = 1`,
      bench.build.patientId(one),
    );
    expect(await audit.whole()).toBe(1);
    expect(await findings()).toEqual(['resource_version Patient/forged surplus']);
  });

  it('goes round slice by slice and finds what was altered meanwhile', async () => {
    await audit.slice(4);
    expect((await audit.report()).continuousAt).toBe(4);
    await alter("UPDATE message SET state = 'refused' WHERE id = ?", certifiedOf(record).event.id);
    for (let round = 0; round < 3; round++) await audit.slice(4);
    expect(await findings()).toEqual([`message ${certifiedOf(record).event.id} altered`]);
  });
});
