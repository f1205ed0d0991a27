import { describe, expect, it } from '@jest/globals';
import type { Message } from '@anamnesis/hl7v2';
import { afterAll, assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

const pid = 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE|||||||||||||ACC-1^^^MPK';

function billed(type: string, at: string, ...segments: readonly string[]): Message {
  return message(`MSH|^~\\&|FIN|MPK|||${at}||${type}|${type}-${at}|P|2.5.1`, `EVN||${at}`, pid, ...segments);
}
const statementsOf = (one: Message) => mapMessage(one, contextOf(one)).flatMap(({ resources }) => resources.statements);

describe('an account', () => {
  const opened = billed('BAR^P01', '20260301100000', 'IN1|1|PLAN|INS|TEST INSURANCE');

  it('is opened, updated and ended, and never removed', () => {
    const updated = billed('BAR^P05', '20260302100000');
    const purged = billed('BAR^P02', '20260303100000');
    expect(afterAll([opened, updated], 'Account')).toMatchObject({ status: 'active', coverage: [{}] });
    expect(afterAll([purged, opened, updated], 'Account')).toMatchObject({ status: 'inactive', coverage: [{}] });
  });

  it('is the one that an admission names', () => {
    const admit = message('MSH|^~\\&|PAS|MPK|||20260301090000||ADT^A01|1|P|2.5.1', pid, 'PV1|1|I');
    expect(afterAll([admit], 'Account')?.id).toBe(afterAll([opened], 'Account')?.id);
  });
});

describe('a bill', () => {
  it('puts nothing into a clinical list', () => {
    const clinical = ['DG1|1||R07.4^Pain^I10', 'PR1|1||93000^ECG^C4', 'AL1|1|DA|^Penicillin', 'OBX|1|NM|A||1||||||F'];
    for (const type of ['BAR^P01', 'BAR^P05', 'BAR^P12', 'DFT^P03', 'DFT^P11']) {
      const types = statementsOf(billed(type, '20260301100000', 'PV1|1|O|||||||||||||||||V-1^^^MPK', ...clinical));
      expect(types.map(({ resourceType }) => resourceType)).toEqual(['Patient', 'Account']);
    }
  });

  const charge = (fields: string) => billed('DFT^P03', '20260301100000', `FT1|${fields}`);

  it('is a charge by its transaction number, said again without a second one', () => {
    const again = charge('1|T-1||20260302||CG|71045^X-ray^C4||| 2');
    const resources = assembled(statementsOf(charge('1|T-1||20260302||CG|71045^X-ray^C4')), statementsOf(again));
    const charges = resources.filter(({ resourceType }) => resourceType === 'ChargeItem');
    expect(charges).toMatchObject([{ status: 'billable', quantity: { value: { $decimal: '2' } } }]);
  });

  it('keeps payments, credits and adjustments in the message', () => {
    for (const type of ['PY', 'CD', 'AJ', '']) {
      const [event] = mapMessage(charge(`1|T-1||20260302||${type}|X`), contextOf(charge('')));
      expect(event?.resources.statements.some(({ resourceType }) => resourceType === 'ChargeItem')).toBe(false);
      expect(event?.resources.warnings).toContain('FT1-6 is no charge: kept in the message only');
    }
  });

  it('names its visit and opens none', () => {
    const one = billed(
      'DFT^P03',
      '20260301100000',
      'PV1|1|O' + '|'.repeat(17) + 'V-1^^^MPK',
      'FT1|1|T-1||20260302||CG|X',
    );
    expect(afterAll([one], 'Encounter')).toBeUndefined();
    expect(afterAll([one], 'ChargeItem')).toMatchObject({ context: { identifier: { value: 'V-1' } } });
  });
});
