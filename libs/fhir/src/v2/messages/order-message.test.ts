import { describe, expect, it } from '@jest/globals';
import { afterAll, assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

interface Sent {
  readonly at?: string;
  readonly type?: string;
  readonly orc: string;
  readonly rest?: readonly string[];
}

let sent = 0;
const sodium = 'OBR|1|P-1^HIS||2951-2^Sodium^LN|||20260312070000';

/** One message about one patient's orders. */
function order({ at = '20260312080000', type = 'ORM^O01^ORM_O01', orc, rest = [sodium] }: Sent) {
  sent++;
  const header = `MSH|^~\\&|HIS|MPK|||${at}||${type}|O-${sent}|P|2.5.1`;
  return message(header, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE', orc, ...rest);
}

const placed = order({ orc: 'ORC|NW|P-1^HIS|||||||20260312075500' });
const after = (...more: readonly ReturnType<typeof order>[]) => afterAll([placed, ...more], 'ServiceRequest');
const typeOf = (one: ReturnType<typeof order>) => mapMessage(one, contextOf(one))[0]?.type;
const resourcesOf = (one: ReturnType<typeof order>) =>
  mapMessage(one, contextOf(one)).flatMap(({ resources }) => assembled(resources.statements));

describe('an order over its messages', () => {
  it.each([
    ['ORC|CA|P-1^HIS', 'active'],
    ['ORC|OC|P-1^HIS|F-1^LIS', 'revoked'],
    ['ORC|DC|P-1^HIS', 'revoked'],
    ['ORC|OH|P-1^HIS|F-1^LIS', 'on-hold'],
    ['ORC|SC|P-1^HIS|F-1^LIS||CM', 'completed'],
    ['ORC|SC|P-1^HIS|F-1^LIS||IP', 'active'],
    ['ORC|RU|P-1^HIS|F-1^LIS', 'revoked'],
    ['ORC|UA|P-1^HIS|F-1^LIS', 'revoked'],
    ['ORC|UC|P-1^HIS|F-1^LIS', 'active'],
    ['ORC|XO|P-1^HIS', 'active'],
  ])('after %s is %s', (orc, status) => {
    const later = order({ at: '20260312090000', orc });
    expect(after(later)).toMatchObject({ status, authoredOn: '2026-03-12T07:55:00+05:00' });
  });

  it('is released to what it was before it was held', () => {
    const held = order({ at: '20260312090000', orc: 'ORC|HR|P-1^HIS|F-1^LIS' });
    const released = order({ at: '20260312100000', orc: 'ORC|OE|P-1^HIS|F-1^LIS' });
    expect(after(held)).toMatchObject({ status: 'on-hold' });
    expect(after(held, released)).toMatchObject({ status: 'active' });
  });

  it('is found by an ORC alone, and takes the number of the filler from it', () => {
    const answer = order({ at: '20260312090000', type: 'ORL^O22^ORL_O22', orc: 'ORC|OK|P-1^HIS|F-1^LIS', rest: [] });
    const found = after(answer);
    expect(found).toMatchObject({ code: { coding: [{ code: '2951-2' }] }, status: 'active' });
    expect(found?.['identifier']).toMatchObject([{ value: 'F-1' }, { value: 'P-1' }]);
  });

  it('has no effective time: OBR-7 is of the specimen', () => {
    expect(JSON.stringify(after())).not.toContain('2026-03-12T07:00:00');
  });

  it('is two when one number has two services in a message', () => {
    const both = order({ orc: 'ORC|NW|P-7^HIS', rest: ['OBR|1|P-7^HIS||NA^^L', 'OBR|2|P-7^HIS||K^^L'] });
    const requests = resourcesOf(both).filter(({ resourceType }) => resourceType === 'ServiceRequest');
    expect(new Set(requests.map(({ id }) => id)).size).toBe(2);
  });

  it('never takes results of before into itself (ORC-1 PR)', () => {
    const prior = ['ORC|PR|P-0^HIS|F-0^LIS', 'OBR|1|P-0^HIS||NA^^L', 'OBX|1|NM|NA^^L||140||||||F'];
    const found = resourcesOf(order({ type: 'OML^O21^OML_O21', orc: 'ORC|NW|P-1^HIS', rest: [sodium, ...prior] }));
    expect(found.filter(({ resourceType }) => resourceType === 'ServiceRequest')).toHaveLength(1);
    expect(found.filter(({ resourceType }) => resourceType === 'Observation')).toEqual([]);
  });

  it('takes nothing that is said of a specimen for its own', () => {
    const rest = [
      'SPM|2|S-2&HIS||UR',
      'OBX|1|ST|HEM^Hemolysis^L||slight||||||F',
      'ORC|NW|P-2^HIS',
      'OBR|1|P-2^HIS||K^^L',
    ];
    const one = order({
      type: 'OML^O33^OML_O33',
      orc: 'SPM|1|S-1&HIS||SER',
      rest: ['ORC|NW|P-1^HIS', sodium, ...rest],
    });
    expect(resourcesOf(one).filter(({ resourceType }) => resourceType === 'Observation')).toEqual([]);
    const specimens = resourcesOf(one).flatMap(({ resourceType, specimen }) =>
      resourceType === 'ServiceRequest' ? [specimen] : [],
    );
    expect(specimens).toEqual([[{ reference: expect.any(String) }], [{ reference: expect.any(String) }]]);
    expect(specimens[0]).not.toEqual(specimens[1]);
  });

  it('names what it replaces', () => {
    const found = resourcesOf(
      order({ orc: 'ORC|RP|P-1^HIS', rest: [sodium, 'ORC|RO|P-2^HIS', 'OBR|2|P-2^HIS||K^^L'] }),
    );
    const [old, replacement] = found.filter(({ resourceType }) => resourceType === 'ServiceRequest');
    expect(replacement?.['replaces']).toEqual([{ reference: `ServiceRequest/${old?.id}` }]);
  });

  it('names the event by what became of all orders', () => {
    expect(typeOf(placed)).toBe('order.placed');
    expect(typeOf(order({ orc: 'ORC|OC|P-1^HIS' }))).toBe('order.cancelled');
    expect(typeOf(order({ orc: 'ORC|CA|P-1^HIS' }))).toBe('order.updated');
  });
});

describe('a prescription over its messages', () => {
  const rx = (hour: string, type: string, ...[orc = '', ...rest]: readonly string[]) =>
    order({ at: `20260314${hour}0000`, type, orc, rest });
  const written = rx('08', 'OMP^O09^OMP_O09', 'ORC|NW|RX-1^CPOE', 'RXO|723^Amoxicillin^RXNORM|500||mg');
  const encoded = rx('09', 'RDE^O11^RDE_O11', 'ORC|OK|RX-1^CPOE|PH-1', 'RXE||308182^Amoxicillin 250 MG^RXNORM|2||CAP');
  const now = (...messages: readonly ReturnType<typeof order>[]) => afterAll(messages, 'MedicationRequest');

  it('is one from order to pharmacy, as the pharmacy encoded it', () => {
    expect(now(written, encoded)).toMatchObject({
      status: 'active',
      intent: 'original-order',
      medicationCodeableConcept: { coding: [{ code: '308182' }] },
    });
  });

  it.each([
    ['ORC|OC|RX-1^CPOE', 'cancelled'],
    ['ORC|OD|RX-1^CPOE', 'stopped'],
    ['ORC|OH|RX-1^CPOE', 'on-hold'],
    ['ORC|SC|RX-1^CPOE|||DC', 'stopped'],
  ])('after %s is %s', (orc, status) => {
    expect(now(written, rx('10', 'ORM^O01^ORM_O01', orc, 'RXO|723^Amoxicillin^RXNORM'))).toMatchObject({
      status,
    });
  });

  it('holds what is mixed into it', () => {
    const mixed = ['RXE||MIX^Mix^L|1||BAG', 'RXC|B|NS^Saline^L|50|mL', 'RXC|A|2180^Cefazolin^RXNORM|1|g'];
    const found = now(rx('08', 'RDE^O11^RDE_O11', 'ORC|NW|RX-2^CPOE', ...mixed));
    expect(found).toMatchObject({
      medicationReference: { reference: '#medication' },
      contained: [{ ingredient: [{ itemCodeableConcept: { coding: [{ code: 'NS' }] } }, {}] }],
    });
    expect(found).not.toHaveProperty('medicationCodeableConcept');
  });
});
