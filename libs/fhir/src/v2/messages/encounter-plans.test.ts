import { describe, expect, it } from '@jest/globals';
import { adt, afterAll, contextOf, message, pv1 } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

const admit = adt('A01', '20260301080000', pv1({ 3: 'W1^101^A', 7: 'D-1^SAMPLE^FIRST', 9: 'D-9^SAMPLE^NINTH' }));
const encounter = (...messages: readonly ReturnType<typeof adt>[]) => afterAll(messages, 'Encounter');
const patient = (...messages: readonly ReturnType<typeof adt>[]) => afterAll(messages, 'Patient');

interface Entry {
  readonly location: { readonly display: string };
  readonly status?: string;
}

function places(...messages: readonly ReturnType<typeof adt>[]): readonly string[] {
  const all = (encounter(...messages)?.['location'] ?? []) as unknown as readonly Entry[];
  return all.map(({ location, status }) => `${location.display} ${status ?? ''}`);
}

describe('a transfer that is planned', () => {
  const plan = adt('A15', '20260302090000', pv1({ 3: 'W1^101^A', 42: 'W2^201^B' }));

  it('reserves the place and moves nobody', () => {
    expect(places(admit, plan)).toEqual(['W1 101 A active', 'W2 201 B reserved']);
    expect(encounter(admit, plan)).toMatchObject({ status: 'in-progress' });
  });

  it('is over with the transfer', () => {
    const transfer = adt('A02', '20260302100000', pv1({ 3: 'W2^201^B' }));
    expect(places(admit, plan, transfer)).toEqual(['W1 101 A completed', 'W2 201 B active']);
  });

  it('is forgotten by its cancel, also when that comes first', () => {
    const cancel = adt('A26', '20260302091000', pv1({ 3: 'W1^101^A', 42: 'W2^201^B' }));
    expect(places(admit, plan, cancel)).toEqual(['W1 101 A active']);
    expect(places(cancel, plan, admit)).toEqual(['W1 101 A active']);
  });

  it('says nothing of places when PV1-42 names none: PV1-3 may be either', () => {
    const unclear = adt('A15', '20260302090000', pv1({ 3: 'W2^201^B' }));
    expect(places(admit, unclear)).toEqual(['W1 101 A active']);
    expect(mapMessage(unclear, contextOf(unclear))[0]?.resources.warnings).toContain(
      'PV1-42 names no planned place: PV1-3 is not read',
    );
  });
});

describe('a discharge that is planned', () => {
  const pv2 = 'PV2|||||||||20260304120000';
  const plan = adt('A16', '20260303090000', pv1({ 3: 'W1^101^A', 36: '01', 45: '20260304120000' }), pv2);

  it('says when, and finishes nothing', () => {
    const planned = encounter(admit, plan);
    expect(planned).toMatchObject({ status: 'in-progress' });
    expect(planned).not.toHaveProperty('period.end');
    expect(planned).not.toHaveProperty('hospitalization');
    expect(JSON.stringify(planned?.['extension'])).toContain('2026-03-04T12:00:00+05:00');
  });

  it('is forgotten by its cancel, whatever that repeats of it', () => {
    const cancel = adt('A25', '20260303100000', pv1({ 3: 'W1^101^A', 36: '01', 45: '20260304120000' }), pv2);
    expect(encounter(admit, plan, cancel)).toMatchObject({ status: 'in-progress' });
    expect(encounter(admit, plan, cancel)).not.toHaveProperty('extension');
    expect(encounter(admit, plan, cancel)).not.toHaveProperty('hospitalization');
  });
});

describe('a leave of absence', () => {
  const leave = adt('A21', '20260303120000', pv1({ 3: 'W1^101^A' }));
  const back = adt('A22', '20260303180000', pv1({ 3: 'W1^101^A' }));
  const noLeave = adt('A52', '20260303123000', pv1({ 3: 'W1^101^A' }));
  const notBack = adt('A53', '20260303190000', pv1({ 3: 'W1^101^A' }));

  it('begins, and ends with the return', () => {
    expect(encounter(admit, leave)).toMatchObject({ status: 'onleave' });
    expect(encounter(admit, leave, back)).toMatchObject({ status: 'in-progress' });
    expect(places(admit, leave, back)).toEqual(['W1 101 A active']);
  });

  it('is as before when the leave or the return is cancelled', () => {
    expect(encounter(admit, leave, noLeave)).toMatchObject({ status: 'in-progress' });
    expect(encounter(admit, leave, back, notBack)).toMatchObject({ status: 'onleave' });
  });
});

describe('what was tracked and is cancelled', () => {
  it('is an arrival that never was', () => {
    const arrive = adt('A10', '20260302090000', pv1({ 3: 'XRAY' }));
    expect(places(admit, arrive)).toEqual(['W1 101 A completed', 'XRAY active']);
    expect(places(admit, arrive, adt('A32', '20260302091000', pv1({ 3: 'XRAY' })))).toEqual(['W1 101 A active']);
  });

  it('is a departure whose other words are taken back too', () => {
    const depart = adt('A09', '20260302090000', pv1({ 10: 'SUR' }));
    expect(encounter(admit, depart)).toHaveProperty('serviceType');
    expect(encounter(admit, depart, adt('A33', '20260302091000', pv1({})))).not.toHaveProperty('serviceType');
  });
});

describe('a change of doctors', () => {
  const names = (one: ReturnType<typeof encounter>) =>
    (one?.['participant'] as unknown as readonly { individual: { display: string } }[]).map(
      ({ individual }) => individual.display,
    );

  it('replaces the attending one, until it is cancelled', () => {
    const change = adt('A54', '20260303140000', pv1({ 3: 'W1^101^A', 7: 'D-3^SAMPLE^THIRD' }));
    expect(names(encounter(admit, change))).toEqual(['THIRD SAMPLE', 'NINTH SAMPLE']);
    const cancel = adt('A55', '20260303150000', pv1({ 7: 'D-3^SAMPLE^THIRD' }));
    expect(names(encounter(admit, change, cancel))).toEqual(['FIRST SAMPLE', 'NINTH SAMPLE']);
  });

  it('replaces the consulting ones, until it is cancelled', () => {
    const change = adt('A61', '20260303140000', pv1({ 9: 'D-4^SAMPLE^FOURTH' }));
    expect(names(encounter(admit, change))).toEqual(['FIRST SAMPLE', 'FOURTH SAMPLE']);
    const cancel = adt('A62', '20260303150000', pv1({ 9: 'D-4^SAMPLE^FOURTH' }));
    expect(names(encounter(admit, change, cancel))).toEqual(['FIRST SAMPLE', 'NINTH SAMPLE']);
  });
});

describe('two patients who swap beds', () => {
  const swap = message(
    'MSH|^~\\&|PAS|MPK|||20260303100000||ADT^A17|S-1|P|2.5.1',
    'EVN|A17|20260303100000',
    'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE',
    pv1({ 3: 'W1^102^B' }),
    'PID|2||MR-2002^^^MPK^MR||EVERYMAN^ADAM',
    pv1({ 3: 'W1^101^A', 19: 'V-2^^^MPK' }),
  );

  it('are two events, each about one of them alone', () => {
    const events = mapMessage(swap, contextOf(swap));
    expect(events.map(({ subject }) => subject?.value)).toEqual(['MR-1001', 'MR-2002']);
    for (const { resources } of events) {
      const types = resources.statements.map(({ resourceType }) => resourceType);
      expect(types.filter((one) => one === 'Encounter')).toHaveLength(1);
    }
    expect(places(admit, swap)).toEqual(['W1 101 A completed', 'W1 102 B active']);
  });
});

describe('the state of a bed', () => {
  it('is about no patient, and of the place that encounters name', () => {
    const bed = message('MSH|^~\\&|PAS|MPK|||20260303110000||ADT^A20|B-1|P|2.5.1', 'NPU|W1^101^A|K');
    const [event, ...others] = mapMessage(bed, contextOf(bed));
    expect(others).toEqual([]);
    expect(event?.subject).toBeUndefined();
    const location = afterAll([bed], 'Location');
    expect(location).toMatchObject({ operationalStatus: { code: 'K' }, name: 'W1 101 A' });
    const [stay] = encounter(admit)?.['location'] as unknown as readonly { location: { identifier: unknown } }[];
    expect(location?.['identifier']).toEqual([stay?.location.identifier]);
  });
});

describe('a person who is deleted', () => {
  const known = adt('A28', '20260301070000');
  const deletion = adt('A29', '20260306090000', 'PID|1||MR-1001^^^MPK^MR||OTHER^NAME', pv1({}));

  it('is no longer in use, keeps all that was said, and the visit of the message never was', () => {
    expect(patient(known, deletion)).toMatchObject({ active: false, name: [{ family: 'EVERYWOMAN' }] });
    expect(encounter(admit, deletion)).toMatchObject({ status: 'entered-in-error', location: [{}] });
  });

  it('is in use again when the number is', () => {
    expect(patient(known, deletion, adt('A28', '20260307090000'))).not.toHaveProperty('active');
    expect(patient(deletion, known)).toMatchObject({ active: false });
    expect(patient(known, deletion, adt('A08', '20260307090000'))).toMatchObject({ active: false });
  });
});
