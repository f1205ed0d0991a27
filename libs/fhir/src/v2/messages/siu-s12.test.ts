import { describe, expect, it } from '@jest/globals';
import { afterAll, assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

interface Told {
  readonly trigger: string;
  readonly hour: string;
  readonly start?: string;
  readonly filler?: string;
  readonly rest?: readonly string[];
}

/** One message about appointment AF-1. */
function told({ trigger, hour, start = '20260320090000', filler = '', rest = [] }: Told) {
  const header = `MSH|^~\\&|SCHED|MPK|||20260312${hour}0000||SIU^${trigger}^SIU_S12|S-${trigger}-${hour}|P|2.5.1`;
  const sch = `SCH|AP-1^HIS|AF-1^SCHED||||R^Reason^L|CHECKUP^^HL70276|Normal^^HL70277|30|MIN|^^^${start}||||||||||||||${filler}`;
  return message(header, sch, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE', 'RGS|1', ...rest);
}

const booked = told({ trigger: 'S12', hour: '08', rest: ['AIP|1|A|D-7^DOCTOR^DORA^^^^^^MPK', 'AIL|1|A|W1^101^A^MPK'] });
const after = (...messages: readonly ReturnType<typeof told>[]) => afterAll([booked, ...messages], 'Appointment');

describe('an appointment over its messages', () => {
  it('is booked with an end that its duration gives', () => {
    expect(after()).toMatchObject({
      status: 'booked',
      start: '2026-03-20T04:00:00.000Z',
      end: '2026-03-20T04:30:00.000Z',
      minutesDuration: 30,
    });
  });

  it('moves, and stays one', () => {
    const moved = told({ trigger: 'S13', hour: '09', start: '20260321100000' });
    expect(after(moved)).toMatchObject({ status: 'booked', start: '2026-03-21T05:00:00.000Z' });
    expect(after(moved)?.['participant']).toHaveLength(3);
  });

  it.each([
    ['S15', 'cancelled'],
    ['S16', 'cancelled'],
    ['S17', 'entered-in-error'],
    ['S26', 'noshow'],
  ])('after %s is %s, whatever SCH-25 was left at', (trigger, status) => {
    expect(after(told({ trigger, hour: '09', filler: 'Booked' }))).toMatchObject({
      status,
      cancelationReason: { coding: [{ code: 'R' }] },
    });
  });

  it('keeps its end when what cancels it names its start alone', () => {
    const header = 'MSH|^~\\&|SCHED|MPK|||20260312090000||SIU^S15^SIU_S12|S-8|P|2.5.1';
    const cancel = message(header, 'SCH||AF-1^SCHED|||||||||^^^20260320090000', 'PID|1||MR-1001^^^MPK^MR');
    expect(after(cancel)).toMatchObject({ status: 'cancelled', end: '2026-03-20T04:30:00.000Z' });
  });

  it.each([
    ['Started', 'checked-in'],
    ['COMPLETE', 'fulfilled'],
    ['Waitlist', 'waitlist'],
  ])('modified with SCH-25 %s is %s', (filler, status) => {
    expect(after(told({ trigger: 'S14', hour: '09', filler }))).toMatchObject({ status });
  });

  it('keeps its status when a change names none', () => {
    const change = told({ trigger: 'S14', hour: '10' });
    expect(after(told({ trigger: 'S15', hour: '09' }), change)).toMatchObject({ status: 'cancelled' });
  });

  it('loses who is taken off it, and keeps the others', () => {
    const without = told({ trigger: 'S14', hour: '09', rest: ['AIP|1|D|D-7^DOCTOR^DORA^^^^^^MPK'] });
    expect(after(without)?.['participant']).toHaveLength(2);
  });

  it('with an unknown end says so', () => {
    const header = 'MSH|^~\\&|SCHED|MPK|||20260312080000||SIU^S12^SIU_S12|S-9|P|2.5.1';
    const open = message(header, 'SCH||AF-2^SCHED|||||||||^^^20260320090000', 'PID|1||MR-1001^^^MPK^MR');
    const found = afterAll([open], 'Appointment');
    expect(found).toMatchObject({ _end: { extension: [{ valueCode: 'unknown' }] } });
    expect(found).not.toHaveProperty('end');
  });

  it('of several patients is that of the first, with all that is needed for it', () => {
    const others = ['PID|2||MR-2002^^^MPK^MR||OTHER^ONE', 'RGS|1', 'AIL|1|A|W1^101^A^MPK'];
    const group = told({ trigger: 'S12', hour: '08', rest: others });
    const [event, ...more] = mapMessage(group, contextOf(group));
    expect(more).toEqual([]);
    expect(event?.subject).toMatchObject({ value: 'MR-1001' });
    expect(afterAll([group], 'Appointment')?.['participant']).toHaveLength(2);
    expect(event?.resources.warnings).toContain('a second PID and what is of it are kept in the message only');
  });

  it('blocked slots are nobody’s appointment', () => {
    const blocked = told({ trigger: 'S23', hour: '08' });
    expect(mapMessage(blocked, contextOf(blocked)).map(({ type }) => type)).toEqual(['message.unmapped']);
  });
});

describe('the orders that an appointment is for', () => {
  const withOrders = (trigger: string, hour: string, filler = '') => {
    const services = ['AIS|1|A|HEM^Haematology^L|20260320090000|||30|MIN', 'AIS|2|A|XR^X-ray^L|20260320100000'];
    const one = told({ trigger, hour, filler: `${filler}|PL-1^HIS~PL-2^HIS|FI-1^RIS`, rest: services });
    return mapMessage(one, contextOf(one)).flatMap((event) => event.resources.statements);
  };
  const orders = (...statements: ReturnType<typeof withOrders>[]) =>
    assembled(...statements).filter(({ resourceType }) => resourceType === 'ServiceRequest');

  it('are each known by SCH-26 and SCH-27, active from the first booking on, and planned by their AIS', () => {
    expect(orders(withOrders('S12', '08'))).toMatchObject([
      {
        status: 'active',
        intent: 'order',
        identifier: [{ value: 'FI-1' }, { value: 'PL-1' }],
        occurrencePeriod: { start: '2026-03-20T09:00:00+05:00', end: '2026-03-20T04:30:00.000Z' },
      },
      { status: 'active', identifier: [{ value: 'PL-2' }], occurrencePeriod: { start: '2026-03-20T10:00:00+05:00' } },
    ]);
  });

  it('are what their own messages say, whatever becomes of the appointment', () => {
    const order = 'ORC|CA|PL-1^HIS|FI-1^RIS||CA';
    const header = 'MSH|^~\\&|HIS|MPK|||202603120830||ORM^O01^ORM_O01|O-1|P|2.5.1';
    const cancelled = message(header, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE', order);
    const said = mapMessage(cancelled, contextOf(cancelled)).flatMap((event) => event.resources.statements);
    const [first, second] = orders(withOrders('S12', '08'), said, withOrders('S15', '09', 'Cancelled'));
    expect([first?.['status'], second?.['status']]).toEqual(['revoked', 'active']);
  });

  it('are none that SCH-25 speaks of, and are referred to in their order', () => {
    expect(orders(withOrders('S12', '08', 'Booked')).map((one) => one['status'])).toEqual(['unknown', 'unknown']);
    const [appointment] = assembled(withOrders('S12', '08')).filter(
      ({ resourceType }) => resourceType === 'Appointment',
    );
    expect(appointment).toMatchObject({
      basedOn: [{ identifier: { value: 'PL-1' } }, { identifier: { value: 'PL-2' } }],
    });
  });
});
