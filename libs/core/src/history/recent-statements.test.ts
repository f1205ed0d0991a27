import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventId } from '../event-id.js';
import { foldStatements } from './fold-statements.js';
import { compareOrder, type OrderedStatement } from './ordered-statement.js';
import { RecentStatements } from './recent-statements.js';

const named = { resourceType: 'Organization', id: 'organization' };
const at = (minute: number): string => `2024-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const event = (letter: string): EventId => letter.repeat(32) as EventId;

/** In the order of their arrival. */
const statements = fc.uniqueArray(
  fc.record({
    resourceType: fc.constant(named.resourceType),
    id: fc.constant(named.id),
    statedAt: fc.nat(5).map(at),
    receivedAt: fc.nat(3).map(at),
    eventId: fc.constantFrom('a', 'b', 'c', 'd').map(event),
    position: fc.nat(2),
    trigger: fc.constantFrom('A01', 'A08'),
    slots: fc.dictionary(fc.constantFrom('name', 'identifier', 'address', 'telecom:work'), fc.nat(2)),
    removed: fc.subarray(['name', 'address', 'telecom:work']),
  }),
  {
    minLength: 1,
    maxLength: 12,
    selector: ({ statedAt, receivedAt, eventId, position }) =>
      JSON.stringify([statedAt, receivedAt, eventId, position]),
  },
) as fc.Arbitrary<OrderedStatement[]>;

const said = (minute: number, more: Partial<OrderedStatement> = {}): OrderedStatement => ({
  ...named,
  statedAt: at(minute),
  receivedAt: at(minute),
  eventId: event('a'),
  trigger: 'A08',
  slots: { name: minute },
  ...more,
});

describe('RecentStatements', () => {
  it('gives what folding gives, whatever the order of arrival, and however few are kept', () => {
    fc.assert(
      fc.property(statements, fc.nat(12), ([first, ...others], kept) => {
        if (first === undefined) return;
        const recent = new RecentStatements(named, foldStatements([first]));
        const all = [first];
        for (const one of others) {
          const placed = recent.place(one);
          if (placed === undefined) continue;
          all.push(one);
          const upTo = all.filter((other) => compareOrder(other, one) <= 0);
          expect(JSON.stringify(placed.past)).toBe(JSON.stringify(foldStatements(upTo)));
          expect(JSON.stringify(placed.present)).toBe(JSON.stringify(foldStatements(all)));
          recent.keepLast(kept);
          expect(JSON.stringify(recent.present)).toBe(JSON.stringify(foldStatements(all)));
        }
      }),
    );
  });

  it('has a place for everything after its base', () => {
    fc.assert(
      fc.property(statements, (all) => {
        const recent = new RecentStatements(named);
        for (const one of all) expect(recent.place(one)).toBeDefined();
        expect(JSON.stringify(recent.present)).toBe(JSON.stringify(foldStatements(all)));
      }),
    );
  });

  it('says of the last statement that its past is the present', () => {
    const recent = new RecentStatements(named, foldStatements([said(1)]));
    const last = recent.place(said(3));
    const late = recent.place(said(2));
    expect(last?.past).toBe(last?.present);
    expect([late?.past.slots, late?.present.slots]).toEqual([{ name: 2 }, { name: 3 }]);
  });

  it('has no place for what was stated before its base, for what it has, and for what undoes or lists', () => {
    const recent = new RecentStatements(named, foldStatements([said(2)]));
    recent.place(said(4));
    const without = [
      said(1),
      said(2),
      said(4),
      said(5, { cancels: ['A01'] }),
      said(5, { withdraws: true }),
      said(5, { listed: { name: 'NK1', patientId: 'p' } }),
      said(5, { ends: 'NK1' }),
      said(5, { lists: [] }),
    ];
    expect(without.map((one) => recent.place(one))).toEqual(without.map(() => undefined));
    expect([recent.count, recent.present?.slots]).toEqual([1, { name: 4 }]);
  });

  it('has no place at all after a state in which something was withdrawn or listed', () => {
    const states = [{ withdraws: true as const }, { listed: { name: 'NK1', patientId: 'p' } }, { lists: [] }].map(
      (more) => foldStatements([said(1, more)]),
    );
    expect(states.map((state) => new RecentStatements(named, state).place(said(2)))).toEqual(
      states.map(() => undefined),
    );
  });

  it('forgets the earliest', () => {
    const recent = new RecentStatements(named);
    for (const minute of [1, 2, 3]) recent.place(said(minute));
    recent.keepLast(1);
    expect([recent.count, recent.place(said(1))?.past, recent.present?.slots]).toEqual([1, undefined, { name: 3 }]);
  });
});
