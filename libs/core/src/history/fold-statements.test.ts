import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventId } from '../event-id.js';
import { applyStatement, canApply, foldStatements } from './fold-statements.js';
import type { OrderedStatement } from './ordered-statement.js';
import type { ResourceState } from './resource-state.js';

const at = (minute: number): string => `2024-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const event = (letter: string): EventId => letter.repeat(32) as EventId;

const said = (minute: number, trigger: string, more: Partial<OrderedStatement> = {}): OrderedStatement => ({
  resourceType: 'Encounter',
  id: 'encounter',
  statedAt: at(minute),
  receivedAt: at(minute),
  eventId: event('a'),
  trigger,
  slots: {},
  ...more,
});

const statements = fc.uniqueArray(
  fc.record(
    {
      resourceType: fc.constant('Encounter'),
      id: fc.constant('encounter'),
      statedAt: fc.nat(5).map(at),
      receivedAt: fc.nat(3).map(at),
      eventId: fc.constantFrom('a', 'b', 'c', 'd').map(event),
      position: fc.nat(2),
      trigger: fc.constantFrom('A01', 'A02', 'A03', 'A11', 'A13'),
      slots: fc.dictionary(fc.constantFrom('status', 'class', 'location', 'subject', 'period'), fc.nat(2)),
      removed: fc.subarray(['status', 'class', 'location']),
      withdraws: fc.option(fc.constant(true), { nil: undefined, freq: 2 }),
      cancels: fc.option(fc.subarray(['A01', 'A02', 'A03'], { minLength: 1 }), { nil: undefined }),
    },
    { requiredKeys: ['resourceType', 'id', 'statedAt', 'receivedAt', 'eventId', 'trigger', 'slots', 'position'] },
  ),
  {
    minLength: 1,
    maxLength: 9,
    selector: ({ statedAt, receivedAt, eventId, position }) =>
      JSON.stringify([statedAt, receivedAt, eventId, position]),
  },
) as fc.Arbitrary<OrderedStatement[]>;

describe('foldStatements', () => {
  it('gives the same state for every order of arrival', () => {
    const shuffled = statements.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(JSON.stringify(foldStatements(other))).toBe(JSON.stringify(foldStatements(all)));
      }),
    );
  });

  it('equals applying one by one, folding again only where it must', () => {
    fc.assert(
      fc.property(statements, (all) => {
        let state: ResourceState | undefined;
        for (const [index, one] of all.entries()) {
          state = canApply(state, one) ? applyStatement(state, one) : foldStatements(all.slice(0, index + 1));
          expect(state).toEqual(foldStatements(all.slice(0, index + 1)));
        }
      }),
    );
  });

  it('lets the later statement win however late the earlier one arrives', () => {
    const state = foldStatements([
      said(9, 'A08', { slots: { class: 'I' } }),
      said(1, 'A01', { slots: { class: 'O', status: 'planned' } }),
    ]);
    expect(state.slots).toEqual({ class: 'I', status: 'planned' });
    expect(state.sources['class']?.statedAt).toBe(at(9));
    expect(state.sources['status']?.statedAt).toBe(at(1));
  });

  it('forgets a removed value until it is stated again', () => {
    const removed = [said(1, 'A01', { slots: { class: 'I' } }), said(2, 'A08', { removed: ['class'] })];
    expect(foldStatements(removed).slots).toEqual({});
    expect(foldStatements([...removed, said(3, 'A08', { slots: { class: 'O' } })]).slots).toEqual({ class: 'O' });
  });

  it('restores what held before the cancelled statement and keeps what was said since', () => {
    const state = foldStatements([
      said(1, 'A01', { slots: { status: 'in-progress', location: 'W1' } }),
      said(2, 'A02', { slots: { location: 'W2' } }),
      said(3, 'A08', { slots: { class: 'I' } }),
      said(4, 'A12', { cancels: ['A02'], slots: {} }),
    ]);
    expect(state.slots).toEqual({ status: 'in-progress', location: 'W1', class: 'I' });
  });

  it('takes one statement out per cancel, the latest first', () => {
    const moves = [1, 2, 3].map((minute) => said(minute, 'A02', { slots: { location: `W${minute}` } }));
    const cancel = (minute: number) => said(minute, 'A12', { cancels: ['A02'] });
    expect(foldStatements([...moves, cancel(8)]).slots).toEqual({ location: 'W2' });
    expect(foldStatements([...moves, cancel(8), cancel(9)]).slots).toEqual({ location: 'W1' });
  });

  it('does not cancel what was stated after the cancel', () => {
    const state = foldStatements([said(1, 'A11', { cancels: ['A01'] }), said(2, 'A01', { slots: { class: 'I' } })]);
    expect(state.slots).toEqual({ class: 'I' });
  });

  describe('of two patients under one number', () => {
    const wrong = said(1, 'R01', { slots: { subject: 'wrong', status: 'final', note: 'of the wrong one' } });
    const right = said(3, 'R01', { slots: { subject: 'right', status: 'final' } });
    const withdrawal = (minute: number, subject = 'wrong') =>
      said(minute, 'R01', { withdraws: true, slots: { subject, status: 'entered-in-error' }, removed: ['note'] });

    it('keeps what was said of the right one, whether it is withdrawn from the wrong one before or after', () => {
      for (const withdrawn of [withdrawal(2), withdrawal(4)])
        expect(foldStatements([wrong, right, withdrawn]).slots).toEqual(right.slots);
    });

    it('withdraws as long as nobody else is named', () => {
      expect(foldStatements([wrong, withdrawal(4)]).slots).toEqual(withdrawal(4).slots);
    });

    it('withdraws what was corrected under another number of the patient', () => {
      const corrected = said(2, 'R01', { slots: { subject: 'new number', status: 'corrected' } });
      for (const all of [
        [wrong, withdrawal(4, 'new number')],
        [wrong, corrected, withdrawal(4, 'new number')],
      ])
        expect(foldStatements(all).slots['status']).toBe('entered-in-error');
    });
  });

  it('has no state without a statement', () => {
    expect(() => foldStatements([])).toThrow(TypeError);
  });
});
