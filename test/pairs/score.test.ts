import { describe, expect, it } from '@jest/globals';
import { factsOf } from './facts.mjs';
import { score, shares } from './score.mjs';

const patient = {
  resourceType: 'Patient',
  id: 'theirs',
  identifier: [{ system: 'urn:oid:1.2', value: 'MR-1' }],
  name: [{ family: 'Everywoman', given: ['Eve', 'E'] }],
  telecom: [{ system: 'phone', value: 'tel:(555) 010-0100' }],
};
const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2345-7', display: 'Glucose' }] },
  valueQuantity: { value: 182, unit: 'mg/dL' },
  effectiveDateTime: '2024-01-01T05:00:00+05:00',
};
const scored = (expected: readonly object[], ours: readonly object[]) => {
  const all = score(new Map(), factsOf(expected), factsOf(ours));
  return Object.fromEntries([...all].map(([type, one]) => [type, shares(one)]));
};

describe('the score of a pair', () => {
  it('is nothing for who says nothing', () => {
    expect(scored([patient, observation], [])).toEqual({
      Patient: { recall: 0, precision: undefined },
      Observation: { recall: 0, precision: undefined },
    });
  });

  it('is whole where the facts are the same, whatever ids, order, text, zone and punctuation are', () => {
    const other = {
      ...patient,
      id: 'ours',
      identifier: [{ system: 'urn:anamnesis:authority:A', value: 'MR-1' }],
      name: [{ given: ['E', 'EVE'], family: 'EVERYWOMAN' }],
      telecom: [{ value: '555 0100100' }],
    };
    const moment = { ...observation, effectiveDateTime: '2024-01-01T00:00:00Z', text: { status: 'generated' } };
    const whole = { recall: 1, precision: 1 };
    expect(scored([patient, observation], [moment, other])).toEqual({ Patient: whole, Observation: whole });
  });

  it('loses precision for what is said twice, and recall for what is said otherwise', () => {
    expect(scored([patient], [patient, patient])).toEqual({ Patient: { recall: 1, precision: 0.5 } });
    const code = { coding: [{ system: 'http://snomed.info/sct', code: '2345-7' }] };
    expect(scored([observation], [{ ...observation, code }])).toEqual({ Observation: { recall: 0.8, precision: 0.8 } });
  });
});
