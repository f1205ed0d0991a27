import { describe, expect, it } from '@jest/globals';
import { adt, afterAll, message, pv1 } from '../../test-context.js';

const admit = adt('A01', '20260301080000', pv1({ 3: 'W1^101^A', 44: '20260301080000' }));
const transfer = adt('A02', '20260302090000', pv1({ 3: 'W2^201^B', 6: 'W1^101^A' }));
const again = adt('A02', '20260303100000', pv1({ 3: 'W1^101^A', 6: 'W2^201^B' }));
const cancelTransfer = adt('A12', '20260303110000', pv1({ 3: 'W1^101^A' }));
const discharge = adt('A03', '20260304120000', pv1({ 3: 'W1^101^A', 36: '01', 45: '20260304120000' }));
const cancelDischarge = adt('A13', '20260304130000', pv1({}));

const encounter = (...messages: readonly ReturnType<typeof adt>[]) => afterAll(messages, 'Encounter');

interface Entry {
  readonly location: { readonly display: string };
  readonly status?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
}

/** `W1 101 A active 08:00..`: place, status, hours of the period. */
function places(...messages: readonly ReturnType<typeof adt>[]): readonly string[] {
  const all = (encounter(...messages)?.['location'] ?? []) as unknown as readonly Entry[];
  return all.map(({ location, status, period }) =>
    [location.display, status, `${period?.start?.slice(11, 16) ?? ''}..${period?.end?.slice(11, 16) ?? ''}`].join(' '),
  );
}

/** Every order of arrival. */
function orders<One>(all: readonly One[]): readonly (readonly One[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((one, at) => orders(all.filter((_, other) => other !== at)).map((rest) => [one, ...rest]));
}

describe('an encounter over its messages', () => {
  it('is thought of by its class in what others than its ward send, until the ward says more', () => {
    const result = (at: string) =>
      message(`MSH|^~\\&|LIS|MPK|||${at}||ORU^R01|${at}|P|2.5.1`, 'PID|1||MR-1001^^^MPK^MR', pv1({ 2: 'O' }));
    expect(encounter(result('20260301090000'))).toMatchObject({ status: 'in-progress' });
    expect(encounter(admit, discharge, result('20260305080000'))).toMatchObject({ status: 'finished' });
    expect(encounter(result('20260305080000'), admit, discharge)).toMatchObject({ status: 'finished' });
  });

  it('keeps the history of places, each closed by the next', () => {
    expect(places(admit, transfer, again)).toEqual([
      'W1 101 A completed 08:00..09:00',
      'W2 201 B completed 09:00..10:00',
      'W1 101 A active 10:00..',
    ]);
  });

  it('has the same places in whatever order the messages arrive', () => {
    const expected = places(admit, transfer, again, discharge);
    expect(expected).toHaveLength(3);
    expect(places(discharge, again, transfer, admit)).toEqual(expected);
    expect(places(transfer, discharge, admit, again)).toEqual(expected);
  });

  it('is where it was before when a transfer is cancelled, also when the cancel comes first', () => {
    expect(places(admit, transfer, again, cancelTransfer)).toEqual([
      'W1 101 A completed 08:00..09:00',
      'W2 201 B active 09:00..',
    ]);
    expect(places(cancelTransfer, again, admit, transfer)).toEqual(places(admit, transfer, again, cancelTransfer));
  });

  it('takes the place before the first transfer from PV1-6 when no admission was seen', () => {
    expect(places(transfer)).toEqual(['W1 101 A completed ..09:00', 'W2 201 B active 09:00..']);
  });

  it('says where an update saw the patient without inventing when they came there', () => {
    const update = adt('A08', '20260301100000', pv1({ 3: 'W9' }));
    expect(places(update)).toEqual(['W9 active ..']);
    expect(places(admit, update)).toEqual(['W1 101 A completed 08:00..', 'W9 active ..']);
    expect(places(admit, adt('A08', '20260301100000', pv1({ 3: 'W1^101^A' })))).toEqual(['W1 101 A active 08:00..']);
  });

  it('is finished by a discharge and in progress again when that is cancelled', () => {
    const finished = encounter(admit, discharge);
    expect(finished).toMatchObject({
      status: 'finished',
      period: { start: '2026-03-01T08:00:00+05:00', end: '2026-03-04T12:00:00+05:00' },
    });
    expect(finished).toHaveProperty('hospitalization.dischargeDisposition');
    const open = encounter(admit, discharge, cancelDischarge);
    expect(open).toMatchObject({ status: 'in-progress', period: { start: '2026-03-01T08:00:00+05:00' } });
    expect(open).not.toHaveProperty('period.end');
    expect(open).not.toHaveProperty('hospitalization');
    expect(places(admit, discharge, cancelDischarge)).toEqual(['W1 101 A active 08:00..']);
  });

  it('is cancelled, not deleted, when the admission is', () => {
    const cancelled = encounter(admit, adt('A11', '20260301083000', pv1({})));
    expect(cancelled).toMatchObject({ status: 'cancelled', identifier: [{ value: 'V-1' }] });
    expect(cancelled).not.toHaveProperty('location');
  });

  it('is marked as never right by the deletion of a visit, and keeps what was said of it', () => {
    const deleted = encounter(admit, discharge, adt('A23', '20260305100000', pv1({ 45: '20260304120000' })));
    expect(deleted).toMatchObject({ status: 'entered-in-error', period: { start: '2026-03-01T08:00:00+05:00' } });
  });

  const cancelAdmit = adt('A11', '20260305090000', pv1({}));
  const deleteVisit = adt('A23', '20260305090000', pv1({}));

  it.each([cancelAdmit, deleteVisit])(
    'that is cancelled or deleted occupies no place, in any order of arrival',
    (end) => {
      const update = adt('A08', '20260302100000', pv1({ 3: 'W2^201^B', 11: 'XRAY', 42: 'W3^301^C' }));
      for (const messages of orders([admit, transfer, update, end])) {
        const all = places(...messages);
        expect(all).not.toHaveLength(0);
        for (const place of all) expect(place).not.toMatch(/ (active|planned|reserved) /);
      }
      expect(places(admit, transfer, update, deleteVisit)).toEqual([
        'W1 101 A completed 08:00..09:00',
        'W2 201 B completed 09:00..',
        'W3 301 C  ..',
        'XRAY completed ..',
      ]);
    },
  );

  it('is at its place again when the visit goes on after all, and not before', () => {
    const late = adt('A08', '20260305091000', pv1({ 3: 'W2^201^B' }));
    const readmit = adt('A01', '20260305100000', pv1({ 3: 'W4^401^D' }));
    for (const messages of orders([admit, transfer, cancelAdmit, late]))
      expect(places(...messages).at(-1)).toBe('W2 201 B completed 09:00..');
    expect(places(admit, transfer, cancelAdmit, late, readmit).at(-1)).toBe('W4 401 D active 10:00..');
    expect(places(readmit, cancelAdmit, admit)).toEqual(['W4 401 D active 10:00..']);
    const reopen = adt('A13', '20260305110000', pv1({}));
    for (const messages of orders([admit, discharge, deleteVisit, reopen]))
      expect(places(...messages)).toEqual(['W1 101 A active 08:00..']);
  });

  it('is at no place after a discharge that says no time', () => {
    const unsaid = adt('A03', '20260304120000', pv1({}));
    expect(places(admit, unsaid)).toEqual(['W1 101 A completed 08:00..']);
    expect(places(admit, unsaid, cancelDischarge)).toEqual(['W1 101 A active 08:00..']);
  });

  it.each([
    ['A05', 'A38'],
    ['A14', 'A27'],
  ])('planned by %s is cancelled by %s', (plan, cancel) => {
    const planned = adt(plan, '20260228100000', pv1({ 3: 'W1' }));
    expect(encounter(planned)).toMatchObject({ status: 'planned', location: [{ status: 'planned' }] });
    expect(encounter(planned, adt(cancel, '20260228110000', pv1({})))).toMatchObject({ status: 'cancelled' });
  });

  it('keeps its status through an update, and stays one encounter', () => {
    const update = adt('A08', '20260301100000', pv1({ 7: 'D-1^SAMPLE^DOCTOR' }));
    expect(encounter(admit, update)).toMatchObject({ status: 'in-progress', id: encounter(admit)?.id });
    expect(encounter(update)).toMatchObject({ status: 'in-progress' });
    expect(encounter(adt('A08', '20260301100000', pv1({ 2: 'U' })))).toMatchObject({ status: 'unknown' });
  });

  it('is finished by PV1-45 whatever the event', () => {
    const update = adt('A08', '20260301100000', pv1({ 45: '20260301093000' }));
    expect(encounter(admit, update)).toMatchObject({ status: 'finished' });
  });

  it('is not touched by a message about the person, and not invented without a visit number', () => {
    expect(encounter(adt('A31', '20260301100000', pv1({ 7: 'D-1^SAMPLE' })))).toBeUndefined();
    expect(encounter(adt('A08', '20260301100000', 'PV1|1|N'))).toBeUndefined();
  });

  it('is known by account and admission time when it has no visit number', () => {
    const pid = 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE|||||||||||||ACC-1^^^MPK';
    const opened = adt(
      'A01',
      '20260301080000',
      pid,
      'PV1|1|I|W1|||||||||||||||||||||||||||||||||||||||||20260301080000',
    );
    expect(encounter(opened)).toMatchObject({ status: 'in-progress' });
  });
});
