import { describe, expect, it } from '@jest/globals';
import { assemble } from './assemble.js';

describe('assemble', () => {
  it('joins the parts of an element in the order of the table, whatever the order of the slots', () => {
    const home = [{ value: '1', use: 'home' }];
    const work = [{ value: '2', use: 'work' }];
    const found = assemble('Patient', 'a', { 'telecom:work': work, 'telecom:home': home });
    expect(found['telecom']).toEqual([...home, ...work]);
  });

  it('lists an identifier once, as the first part has it', () => {
    const found = assemble('Patient', 'a', {
      'identifier:merge': [{ system: 's', value: '1' }],
      'identifier:PID-3': [{ system: 's', value: '1', type: { text: 'MR' } }],
    });
    expect(found['identifier']).toEqual([{ system: 's', value: '1', type: { text: 'MR' } }]);
  });

  it('puts members said apart into one element', () => {
    const found = assemble('Encounter', 'a', { 'period.end': '2026-03-02', 'period.start': '2026-03-01' });
    expect(JSON.stringify(found['period'])).toBe('{"start":"2026-03-01","end":"2026-03-02"}');
  });

  it('spreads a choice, only the first of its parts', () => {
    const found = assemble('Patient', 'a', {
      'deceased[x]:PID-30': { deceasedBoolean: true },
      'deceased[x]:PID-29': { deceasedDateTime: '2026-03-01' },
    });
    expect(found).toEqual({ resourceType: 'Patient', id: 'a', deceasedDateTime: '2026-03-01' });
  });

  it('gives the id of a choice to its value, never to the resource', () => {
    expect(assemble('Patient', 'a', { 'deceased[x]': { deceasedBoolean: true, id: 'x' } })).toEqual({
      resourceType: 'Patient',
      id: 'a',
      deceasedBoolean: true,
      _deceasedBoolean: { id: 'x' },
    });
    expect(assemble('Observation', 'a', { 'value[x]': { valueQuantity: { unit: 'g' }, id: 'x' } })).toMatchObject({
      id: 'a',
      valueQuantity: { unit: 'g', id: 'x' },
    });
  });

  it('leaves out what is empty and says unknown for what FHIR asks for', () => {
    expect(assemble('Patient', 'a', { name: [], contact: [] })).toEqual({ resourceType: 'Patient', id: 'a' });
    expect(assemble('Encounter', 'a', {})).toMatchObject({ status: 'unknown', class: { code: 'UNK' } });
  });

  it('writes the same text for the same slots in any order', () => {
    const slots = { gender: 'female', name: [{ family: 'X' }], birthDate: '1962', zzz: 1, aaa: 2 };
    const reversed = Object.fromEntries(Object.entries(slots).reverse());
    expect(JSON.stringify(assemble('Patient', 'a', reversed))).toBe(JSON.stringify(assemble('Patient', 'a', slots)));
  });
});
