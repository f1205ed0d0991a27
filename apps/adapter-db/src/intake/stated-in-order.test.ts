import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RowChange } from '@anamnesis/core';
import { readRowMapping } from '@anamnesis/fhir';
import { Intake } from '../../test/intake.js';
import type { Deliver } from '../sources/row-source.js';
import { receiveRowsWith } from './receive-rows.js';

const mapping = readRowMapping(`
name: test-rows
version: 1
source:
  { facility: NORTH, application: PAS, zone: UTC, kind: mysql, connection: { host: localhost, database: h, user: r } }
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables:
  patients:
    key: id
    resource: Patient
    changedAt: { column: touched }
    elements: { 'address[0].city': city }
`);

describe('what is said of a row', () => {
  let intake: Intake;
  let deliver: Deliver;
  let count: number;
  /** The row as it was told last. */
  let last: Record<string, string | number>;

  beforeEach(() => {
    intake = new Intake();
    deliver = receiveRowsWith(intake.options(mapping, new AbortController().signal));
    count = 0;
    last = {};
  });
  afterEach(() => {
    intake.dispose();
  });

  type Said = readonly [op: RowChange['op'], at: string, touched: string];
  /** One change after another of one row, each in a batch of its own; its city is its number. */
  const tell = async (...said: readonly Said[]) => {
    for (const [op, at, touched] of said) {
      const row = (number: number, noted: string) => ({ id: 7, city: `${number}`, touched: noted });
      const number = ++count;
      const before = last;
      last = row(number, touched);
      await deliver({
        changes: [
          {
            ...{ op, table: 'patients', key: [7], at, position: `0-1-${number}#1` },
            ...(op === 'u' || op === 'd' ? { before } : {}),
            ...(op === 'd' ? {} : { after: last }),
          },
        ],
        position: { at: number },
      });
    }
  };
  const times = () => intake.bus.events.flatMap(({ resources }) => resources.statements.map((one) => one.statedAt));
  const expectOrder = () => {
    expect(times()).toHaveLength(count);
    expect([...times()].sort()).toEqual(times());
  };

  it('is in the order of its changes, though the program that notes their times has a clock that went back', async () => {
    await tell(
      ['c', '2026-03-01T10:00:00.000Z', '2026-03-01 10:00:00'],
      ['u', '2026-03-01T11:00:00.000Z', '2001-01-01 00:00:00'],
    );
    expectOrder();
  });

  it('is not of a year that is still to come, so that what is said afterwards counts', async () => {
    await tell(
      ['c', '2026-03-01T10:00:00.000Z', '2026-03-01 10:00:00'],
      ['u', '2999-01-01T00:00:00.000Z', '2999-01-01 00:00:00'],
    );
    const [, ahead = ''] = times();
    expect(Date.parse(ahead)).toBeLessThanOrEqual(Date.now());
    const now = new Date(Date.now() - 1000).toISOString();
    await tell(['u', now, now.slice(0, 19).replace('T', ' ')]);
    expectOrder();
  });

  it('is valid again when a deleted row comes back out of a backup, with the time of before', async () => {
    await tell(['c', '2026-03-01T10:00:00.000Z', '2026-03-01 10:00:00'], ['d', '2026-03-02T10:00:00.000Z', '']);
    intake.openAgain();
    deliver = receiveRowsWith(intake.options(mapping, new AbortController().signal));
    await tell(
      ['c', '2026-03-03T10:00:00.000Z', '2026-03-01 10:00:00'],
      ['u', '2026-03-04T10:00:00.000Z', '2026-03-04 10:00:00'],
    );
    expectOrder();
    expect(times().at(-1)).toBe('2026-03-04T10:00:00.000Z');
  });

  it('keeps the time that the program noted where nothing was said since', async () => {
    await tell(
      ['r', '2026-03-01T10:00:00.000Z', '2020-05-05 05:05:05'],
      ['u', '2026-03-02T10:00:00.000Z', '2026-03-01 09:00:00'],
    );
    expect(times()).toEqual(['2020-05-05T05:05:05.000Z', '2026-03-01T09:00:00.000Z']);
  });
});
