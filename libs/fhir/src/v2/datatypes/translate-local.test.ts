import { describe, expect, it } from '@jest/globals';
import type { LocalCode } from '@anamnesis/core';
import { assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';
import type { MappingContext } from '../mapping-context.js';

const glucose = { system: 'http://loinc.org', code: '2345-7', display: 'Glucose' };
const result = (code: string, unit: string) =>
  message(
    'MSH|^~\\&|LAB|MPK|HUB|X|20260309||ORU^R01|C1|P|2.5.1',
    'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE',
    'OBR|1||F-1^LAB|718-7^Hb^LN|||20260309',
    `OBX|1|NM|${code}||5.1|${unit}|||||F|||20260309`,
  );

/** Codes of the Observation, and what was reported on the way. */
function mapped(code: string, overrides: Partial<MappingContext> = {}, unit = 'mmol/L') {
  const reported: LocalCode[] = [];
  const text = result(code, unit);
  const onLocalCode = (one: LocalCode) => void reported.push(one);
  const events = mapMessage(text, contextOf(text, { onLocalCode, ...overrides }));
  const resources = assembled(events.flatMap(({ resources: { statements } }) => statements));
  const observation = resources.find(({ resourceType }) => resourceType === 'Observation') as unknown as {
    id: string;
    code: { coding: object[] };
    valueQuantity: object;
  };
  const { id, valueQuantity } = observation;
  return { id, valueQuantity, coding: observation.code.coding, reported };
}

describe('a code of the sender alone', () => {
  const translate = (system: string, code: string) =>
    system === 'urn:anamnesis:MPK:L' && code === 'GLU' ? [glucose] : [];
  const local = { system: 'urn:anamnesis:MPK:L', code: 'GLU', display: 'Gluc' };

  it('is reported with its place while nothing translates it', () => {
    const { coding, reported } = mapped('GLU^Gluc^L');
    expect(coding).toEqual([local]);
    expect(reported).toContainEqual({ ...local, location: 'OBX-3' });
  });

  it('has the standard one beside it, is not replaced, and is reported no longer', () => {
    const { coding, reported } = mapped('GLU^Gluc^L', { translate });
    expect(coding).toEqual([local, { ...glucose, userSelected: false }]);
    expect(reported.filter(({ location }) => location === 'OBX-3')).toEqual([]);
  });

  it('leaves the resource the same one', () => {
    expect(mapped('GLU^Gluc^L', { translate }).id).toBe(mapped('GLU^Gluc^L').id);
  });

  it('is not reported where the sender gives a standard one itself, which is not doubled', () => {
    const { coding, reported } = mapped('GLU^Gluc^L^2345-7^Glucose^LN', { translate });
    expect(coding).toEqual([local, glucose]);
    expect(reported.filter(({ location }) => location === 'OBX-3')).toEqual([]);
  });
});

describe('a unit of the sender alone', () => {
  const system = 'urn:anamnesis:MPK:OBX-6';
  const millimole = { system: 'http://unitsofmeasure.org', code: 'mmol/L' };
  const translate = (from: string, code: string) => (from === system && code === 'MMOLL' ? [millimole] : []);

  it('is text, and reported, until the table says what it is in UCUM', () => {
    const before = mapped('2345-7^Glucose^LN', {}, 'MMOLL');
    expect(before.valueQuantity).not.toHaveProperty('code');
    expect(before.reported).toEqual([{ system, code: 'MMOLL', location: 'OBX-6' }]);
    const after = mapped('2345-7^Glucose^LN', { translate }, 'MMOLL');
    expect(after.valueQuantity).toMatchObject({ unit: 'MMOLL', ...millimole });
    expect(after.reported).toEqual([]);
  });

  it('that is UCUM by itself is not looked up', () => {
    expect(mapped('2345-7^Glucose^LN', { translate: () => [{ ...millimole, code: 'x' }] }).valueQuantity).toMatchObject(
      {
        code: 'mmol/L',
      },
    );
  });
});
