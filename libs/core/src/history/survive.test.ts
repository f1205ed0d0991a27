import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../canonical-json.js';
import type { EventId } from '../event-id.js';
import type { ResourceState, SlotSource } from './resource-state.js';
import { type SourcePatient, survive } from './survive.js';

const at = (minute: number): string => `2024-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const from = (minute: number): SlotSource => ({
  eventId: 'a'.repeat(32) as EventId,
  statedAt: at(minute),
  receivedAt: at(59),
});

/** Slots as `[value, minute in which it was stated]`. */
function patient(
  ordinal: number,
  slots: Record<string, readonly [Json, number]>,
  more: Partial<SourcePatient> = {},
): SourcePatient {
  const state: ResourceState = {
    resourceType: 'Patient',
    id: `record-${ordinal}`,
    slots: Object.fromEntries(Object.entries(slots).map(([slot, [value]]) => [slot, value])),
    sources: Object.fromEntries(Object.entries(slots).map(([slot, [, minute]]) => [slot, from(minute)])),
    last: from(59),
  };
  return { state, ordinal, isAliased: false, ...more };
}

const address = (city: string, line?: string): Json => [{ city, ...(line !== undefined && { line: [line] }) }];
const withoutIds = (value: Json | undefined): unknown =>
  JSON.parse(JSON.stringify(value ?? null, (name, one: unknown) => (name === 'id' ? undefined : one)));

describe('survive', () => {
  it('takes each element from the record that stated it last', () => {
    const { slots, elements } = survive([
      patient(1, { birthDate: ['1970-01-02', 9], gender: ['male', 1] }),
      patient(2, { birthDate: ['1970-02-01', 5], gender: ['female', 6] }),
    ]);
    expect(slots).toMatchObject({ birthDate: '1970-01-02', gender: 'female' });
    expect((slots['_gender'] as { id: string }).id).toBe(elements[1]?.elementId);
    expect(elements.map(({ element, recordId }) => [element, recordId])).toEqual([
      ['birthDate', 'record-1'],
      ['gender', 'record-2'],
    ]);
  });

  it('decides a tie for the record that was certified first', () => {
    const [first, second] = [patient(1, { gender: ['male', 4] }), patient(2, { gender: ['female', 4] })];
    expect(survive([second, first]).slots).toMatchObject({ gender: 'male' });
  });

  it('never mixes the parts of two addresses', () => {
    const { slots } = survive([
      patient(1, { address: [address('TESTTOWN', '1 OLD STREET'), 1] }),
      patient(2, { address: [address('NEWTOWN'), 2] }),
    ]);
    expect(withoutIds(slots['address'])).toEqual(address('NEWTOWN'));
  });

  it('chooses telecom by kind', () => {
    const { slots } = survive([
      patient(1, { 'telecom:home': [[{ value: '1' }], 1], 'telecom:work': [[{ value: '2' }], 8] }),
      patient(2, { 'telecom:home': [[{ value: '3' }], 2], 'telecom:work': [[{ value: '4' }], 3] }),
    ]);
    expect(withoutIds(slots['telecom:home'])).toEqual([{ value: '3' }]);
    expect(withoutIds(slots['telecom:work'])).toEqual([{ value: '2' }]);
  });

  it('keeps a choice element and the extension of a primitive together', () => {
    const { slots } = survive([
      patient(1, {
        'deceased[x]:PID-30': [{ deceasedBoolean: false }, 1],
        birthDate: ['1970-01-01', 1],
        _birthDate: [{ extension: [] }, 1],
      }),
      patient(2, { 'deceased[x]:PID-29': [{ deceasedDateTime: '2024-01-01' }, 2], birthDate: ['1971-01-01', 2] }),
    ]);
    expect(Object.keys(slots).sort()).toEqual(['_birthDate', 'birthDate', 'deceased[x]:PID-29']);
    expect(slots['_birthDate']).not.toHaveProperty('extension');
  });

  it('lists every identifier once and marks the retired number as old', () => {
    const shared = { system: 'urn:oid:1.2.3', value: 'N1' };
    const { slots } = survive([
      patient(
        1,
        { identifier: [[{ system: 'urn:a', value: '1' }, shared], 1] },
        {
          isAliased: true,
          number: { system: 'urn:a', value: '1' },
        },
      ),
      patient(2, { identifier: [[{ system: 'urn:a', value: '2' }, shared], 1] }),
    ]);
    expect(withoutIds(slots['identifier'])).toEqual([
      { system: 'urn:a', value: '1', use: 'old' },
      shared,
      { system: 'urn:a', value: '2' },
    ]);
  });

  const slotNames = ['name', 'birthDate', 'gender', 'address', 'telecom:home', 'identifier', 'deceased[x]:PID-30'];
  const patients = fc
    .array(
      fc.dictionary(
        fc.constantFrom(...slotNames),
        fc.tuple(
          fc.oneof(fc.string(), fc.array(fc.record({ system: fc.string(), value: fc.string() }), { minLength: 1 })),
          fc.nat(3),
        ),
      ),
      { maxLength: 4 },
    )
    .map((all) => all.map((slots, index) => patient(index + 1, slots)));

  it('does not depend on the order of the records, and names a source for every value', () => {
    const shuffled = patients.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const merged = survive(all);
        expect(survive(other)).toEqual(merged);
        const named = new Set(merged.elements.map(({ element }) => element));
        for (const slot of Object.keys(merged.slots))
          expect(named).toContain(slot.replace(/^_/, '').replace(/[[:].*$/, ''));
        const ids = merged.elements.map(({ elementId }) => elementId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('takes every value whole from one record', () => {
    fc.assert(
      fc.property(patients, (all) => {
        const { slots } = survive(all);
        for (const [slot, value] of Object.entries(slots)) {
          if (slot === 'identifier' || slot.startsWith('_')) continue;
          const sources = all.map(({ state }) => JSON.stringify(state.slots[slot]));
          expect(sources).toContain(JSON.stringify(withoutIds(value)));
        }
      }),
    );
  });
});
