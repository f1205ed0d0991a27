import { describe, expect, it } from '@jest/globals';
import type { Message } from '@anamnesis/hl7v2';
import { afterAll, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

const prb = (fields: Readonly<Record<number, string>>) =>
  ['PRB', ...Array.from({ length: 26 }, (_, at) => fields[at + 1] ?? '')].join('|');

function ppr(at: string, ...segments: readonly string[]): Message {
  const header = `MSH|^~\\&|EHR|MPK|||${at}||PPR^PC1|${at}|P|2.5.1`;
  return message(header, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE', ...segments);
}

const added = ppr('20260301100000', prb({ 1: 'AD', 3: 'I10^Hypertension^I10', 4: 'P-1^MPK', 7: '20260301' }));
const problem = (...messages: readonly Message[]) => afterAll(messages, 'Condition');

describe('a problem over its messages', () => {
  it('is of the problem list and active when it is added', () => {
    expect(problem(added)).toMatchObject({
      category: [{ coding: [{ code: 'problem-list-item' }] }],
      clinicalStatus: { coding: [{ code: 'active' }] },
      recordedDate: '2026-03-01',
    });
  });

  it('keeps what an update does not mention', () => {
    const update = ppr('20260302100000', prb({ 1: 'UP', 4: 'P-1^MPK', 16: '20251201' }));
    expect(problem(added, update)).toMatchObject({
      code: { coding: [{ code: 'I10' }] },
      clinicalStatus: { coding: [{ code: 'active' }] },
      onsetDateTime: '2025-12-01',
    });
  });

  it('is resolved by its date or by its life cycle, and stays so through an older word that comes late', () => {
    const byDate = ppr('20260303100000', prb({ 1: 'UP', 4: 'P-1^MPK', 9: '20260303' }));
    const byStatus = ppr('20260303100000', prb({ 1: 'UP', 4: 'P-1^MPK', 14: '^Resolved' }));
    for (const end of [byDate, byStatus])
      expect(problem(end, added)).toMatchObject({ clinicalStatus: { coding: [{ code: 'resolved' }] } });
    expect(problem(added, byDate)).toMatchObject({ abatementDateTime: '2026-03-03' });
  });

  it('never was one when it is deleted, and keeps what was said of it', () => {
    const deleted = problem(added, ppr('20260304100000', prb({ 1: 'DE', 4: 'P-1^MPK' })));
    expect(deleted).toMatchObject({
      verificationStatus: { coding: [{ code: 'entered-in-error' }] },
      code: { coding: [{ code: 'I10' }] },
    });
    expect(deleted).not.toHaveProperty('clinicalStatus');
  });

  it('is put in order by the time of its own action (PRB-2)', () => {
    const late = ppr('20260305100000', prb({ 1: 'AD', 2: '20260301090000', 3: 'I10^Old name^L', 4: 'P-1^MPK' }));
    expect(problem(added, late)).toMatchObject({ code: { coding: [{ display: 'Hypertension' }] } });
  });

  it('is left alone by an action on its links', () => {
    const link = ppr('20260302100000', prb({ 1: 'LI', 3: 'X^Other^L', 4: 'P-1^MPK' }));
    expect(problem(added, link)).toEqual(problem(added));
    expect(mapMessage(link, contextOf(link))[0]?.resources.warnings).toContain('PRB-1 is an action that is not mapped');
  });
});

describe('a goal', () => {
  it('addresses the problem that it stands under, and ends by its life cycle', () => {
    const gol = (action: string, status: string) => `GOL|${action}||G^Walk|G-1^MPK${'|'.repeat(14)}${status}`;
    const first = ppr('20260301100000', prb({ 1: 'AD', 3: 'I10^Hypertension^I10', 4: 'P-1^MPK' }), gol('AD', ''));
    const goal = afterAll([first], 'Goal');
    expect(goal).toMatchObject({
      lifecycleStatus: 'active',
      addresses: [{ reference: `Condition/${problem(first)?.id ?? ''}` }],
    });
    const done = ppr('20260302100000', prb({ 1: 'UC', 4: 'P-1^MPK' }), gol('UP', 'Completed'));
    expect(afterAll([first, done], 'Goal')).toMatchObject({ id: goal?.id, lifecycleStatus: 'completed' });
    const never = ppr('20260303100000', prb({ 1: 'UC', 4: 'P-1^MPK' }), gol('DE', ''));
    expect(afterAll([never, done, first], 'Goal')).toMatchObject({ lifecycleStatus: 'entered-in-error' });
  });
});
