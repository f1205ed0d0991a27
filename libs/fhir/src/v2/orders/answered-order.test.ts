import { describe, expect, it } from '@jest/globals';
import { afterAll, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

const sent = (type: string, at: string, ...segments: readonly string[]) =>
  message(`MSH|^~\\&|LIS|LABHYD|||${at}||${type}|${at}|P|2.5.1`, 'PID|1||H-77^^^HYD^MR', ...segments);
const obr = (code: string, rest = '') => `OBR|1|P-1^HIS|F-1^LIS|${code}^${code}^L|${rest}`;
const answer = (orc: string, ...segments: readonly string[]) =>
  sent('ORU^R01^ORU_R01', '20260306120000', orc, ...segments);
const request = (...messages: readonly ReturnType<typeof sent>[]) => afterAll(messages, 'ServiceRequest');

describe('the order of a result', () => {
  it('is what the result says of it, when no order was seen', () => {
    expect(request(answer('ORC|RE|P-1^HIS|F-1^LIS||CM', obr('NA', 'S|||||||||||D-7^DORA')))).toMatchObject({
      status: 'completed',
      intent: 'order',
      priority: 'stat',
      code: { coding: [{ code: 'NA' }] },
      requester: { display: 'DORA' },
      identifier: [{ value: 'F-1' }, { value: 'P-1' }],
    });
  });

  it('is found by the further numbers of its placer too, of the OBR else of the ORC', () => {
    const further = `${obr('NA')}${'|'.repeat(48)}A-1^^^HIS`;
    const ofOrc = `ORC|RE|P-1^HIS|F-1^LIS${'|'.repeat(30)}A-2^^^HIS`;
    const numbers = (one: unknown) => (one as { identifier: { value: string }[] }).identifier.map(({ value }) => value);
    expect(numbers(request(answer(ofOrc, further)))).toEqual(['F-1', 'P-1', 'A-1']);
    expect(numbers(request(answer(ofOrc, obr('NA'))))).toEqual(['F-1', 'P-1', 'A-2']);
  });

  it('stays what was ordered, whichever comes first, but for its status', () => {
    const ordered = sent('ORM^O01^ORM_O01', '20260306080000', 'ORC|NW|P-1^HIS', obr('NA', 'R'));
    const answered = answer('ORC|RE|P-1^HIS|F-1^LIS||CM', obr('SODIUM', 'S'));
    for (const order of [
      [ordered, answered],
      [answered, ordered],
    ])
      expect(request(...order)).toMatchObject({
        status: 'completed',
        priority: 'routine',
        code: { coding: [{ code: 'NA' }] },
      });
  });

  it('is described by the OBR that its ORC stands with, where further ones answer it too', () => {
    const panel = answer('ORC|RE|P-1^HIS', obr('NA'), obr('K'));
    expect(request(panel)).toMatchObject({ code: { coding: [{ code: 'NA' }] } });
  });

  it('is its number alone where several OBR answer it, and nothing where it has none', () => {
    const several = answer(obr('NA'), obr('K'));
    const each = answer('ORC|RE|P-1^HIS', obr('NA'), 'ORC|RE|P-1^HIS', obr('K'));
    for (const one of [several, each]) expect(request(one)).not.toHaveProperty('code');
    expect(mapMessage(several, contextOf(several))[0]?.resources.warnings).toContain(
      'several OBR of one order: what they say of it stays in the message',
    );
    expect(request(answer('ORC|RE', 'OBR|1||F-1^LIS|NA^NA^L'))).toBeUndefined();
  });
});
