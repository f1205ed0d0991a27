import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventId } from '../event-id.js';
import { applyStatement, foldStatements } from './fold-statements.js';
import { endOf, isIdleEnd, withoutIdleEnds } from './lists.js';
import type { OrderedStatement } from './ordered-statement.js';
import type { ResourceState } from './resource-state.js';

const at = (minute: number): string => `2024-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const coverage = { resourceType: 'Coverage', id: 'coverage' };
const ended = { status: 'cancelled' };

const said = (minute: number, more: Partial<OrderedStatement> = {}): OrderedStatement => ({
  ...coverage,
  ...{ statedAt: at(minute), receivedAt: at(minute), eventId: `event ${minute}` as EventId, trigger: 'A08' },
  slots: { status: 'active' },
  ...more,
});
const listed = (minute: number, name: string) => said(minute, { listed: { name, patientId: 'patient' } });
const lists = (minute: number, name: string, ids: readonly string[]) =>
  said(minute, { ...{ resourceType: 'Patient', id: 'patient', slots: {} }, lists: [{ name, ...whole, ids }] });
const whole = { resourceType: 'Coverage', ended };
const end = (minute: number, name: string): OrderedStatement => {
  const one = endOf(lists(minute, name, []), coverage);
  if (one === undefined) throw new Error('an empty list leaves everything out');
  return one;
};

/** What is said of the coverage, minute by minute. */
const story = fc
  .array(
    fc.record({
      kind: fc.constantFrom('item', 'end', 'other'),
      name: fc.constantFrom('A', 'B'),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) => {
    const told = all.map(({ kind, name }, minute) => (kind === 'end' ? end(minute, name) : listed(minute, name)));
    return told.map((one, minute) => (all[minute]?.kind === 'other' ? said(minute) : one));
  })
  .filter((all) => all.some(({ ends }) => ends === undefined));

describe('a list', () => {
  it('says nothing of what it has, of other types, and when it is not whole', () => {
    expect(endOf(lists(1, 'A', ['coverage']), coverage)).toBeUndefined();
    expect(endOf(lists(1, 'A', []), { resourceType: 'RelatedPerson', id: 'other' })).toBeUndefined();
    const part = said(1, { lists: [{ name: 'A', resourceType: 'Coverage', ids: [] }] });
    expect(endOf(part, coverage)).toBeUndefined();
  });

  it('ends what it leaves out, the first time that it does', () => {
    const state = foldStatements([listed(1, 'A'), end(2, 'A'), end(3, 'A')]);
    expect(state).toMatchObject({ slots: ended, claims: [], last: { statedAt: at(2) } });
    expect(state.sources['status']).toMatchObject({ statedAt: at(2) });
  });

  it('ends nothing that another list has, or that is said without a list', () => {
    expect(foldStatements([listed(1, 'A'), listed(2, 'B'), end(3, 'A')])).toMatchObject({
      slots: { status: 'active' },
      claims: ['B'],
    });
    expect(foldStatements([said(1), listed(2, 'A'), end(3, 'A')])).toMatchObject({ slots: { status: 'active' } });
    expect(foldStatements([listed(1, 'A'), end(2, 'B')])).toEqual(foldStatements([listed(1, 'A')]));
  });

  it('leaves a resource as the same statements do, in whatever order they come', () => {
    const shuffled = story.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(JSON.stringify(foldStatements(other))).toBe(JSON.stringify(foldStatements(all)));
      }),
    );
  });

  it('ends in one step what it ends in a fold of everything', () => {
    fc.assert(
      fc.property(story, (all) => {
        let state: ResourceState | undefined;
        for (const [index, one] of all.entries()) {
          if (!isIdleEnd(state, one)) state = applyStatement(state, one);
          const until = withoutIdleEnds(all.slice(0, index + 1));
          expect(state).toEqual(until.length === 0 ? undefined : foldStatements(until));
        }
      }),
    );
  });

  it('is remembered by its patient: all that it ever had, and when it was last sent whole', () => {
    const part = { name: 'A', resourceType: 'Coverage', ids: ['c'] };
    const all = [lists(1, 'A', ['b', 'a']), lists(2, 'A', ['b']), { ...lists(3, 'A', []), lists: [part] }];
    const remembered = { A: { resourceType: 'Coverage', known: ['a', 'b', 'c'], last: { statedAt: at(2) } } };
    for (const order of [all, [...all].reverse()])
      expect(foldStatements(order)).toMatchObject({ lists: remembered, last: { statedAt: at(3) } });
  });
});
