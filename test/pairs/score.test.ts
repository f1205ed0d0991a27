import { describe, expect, it } from '@jest/globals';
import { factsOf } from './facts.mjs';
import { named, withoutMadeUp } from './named.mjs';
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
  const all = score(new Map(), { expected: factsOf(expected), ours: factsOf(ours) });
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

  it('takes a number for a number, however many digits it was sent with', () => {
    const value = (text: string) => ({ ...observation, valueQuantity: { value: { $decimal: text }, unit: 'mg/dL' } });
    expect(scored([observation], [value('182.00')])).toEqual({ Observation: { recall: 1, precision: 1 } });
    expect(scored([observation], [value('1820')])).toEqual({ Observation: { recall: 0.8, precision: 0.8 } });
  });

  it('counts one concept once, also where two systems give it the same code', () => {
    const interpretation = (...systems: readonly string[]) => ({
      resourceType: 'Observation',
      interpretation: [{ coding: systems.map((system) => ({ system, code: 'N' })) }],
    });
    const whole = { Observation: { recall: 1, precision: 1 } };
    expect(scored([interpretation('urn:v3')], [interpretation('urn:v2', 'urn:v3')])).toEqual(whole);
    expect(scored([interpretation('urn:v2', 'urn:v3')], [interpretation('urn:v3')])).toEqual(whole);
  });

  it('tells each difference to whom it may concern', () => {
    const told: string[] = [];
    const facts = (gender: string) => factsOf([{ ...patient, gender }]);
    score(new Map(), { expected: facts('female'), ours: facts('male') }, (...one) => told.push(one.join(' ')));
    expect(told).toEqual(['Patient missed gender = female', 'Patient only ours gender = male']);
  });

  it('loses precision for what is said twice, and recall for what is said otherwise', () => {
    expect(scored([patient], [patient, patient])).toEqual({ Patient: { recall: 1, precision: 0.5 } });
    const code = { coding: [{ system: 'http://snomed.info/sct', code: '2345-7' }] };
    expect(scored([observation], [{ ...observation, code }])).toEqual({ Observation: { recall: 0.8, precision: 0.8 } });
  });
});

describe('a message that names no patient', () => {
  const header = 'MSH|^~\\&|A|B|||20260301||ORU^R01|1|P|2.5.1';
  const given = (...segments: readonly string[]) => {
    const { isNamed, bytes } = named(Buffer.from([header, ...segments].join('\r'), 'latin1'));
    return [isNamed, ...bytes.toString('latin1').split('\r').slice(1)];
  };

  it('is given a number, in its PID or in one of its own', () => {
    expect(given('PID|1||||X^Y', 'OBR|1')).toEqual([false, 'PID|1||PAIRS-1||X^Y', 'OBR|1']);
    expect(given('PID')).toEqual([false, 'PID|1||PAIRS-1', 'PID']);
    expect(given('OBR|1')).toEqual([false, 'PID|1||PAIRS-1', 'OBR|1']);
    expect(given('PID|1|||7||X^Y')).toEqual([true, 'PID|1|||7||X^Y']);
  });

  it('does not gain a fact by it', () => {
    const resource = { resourceType: 'Patient', identifier: [{ value: 'PAIRS-1' }], gender: 'female' };
    expect(factsOf([withoutMadeUp(resource)])).toEqual(new Map([['Patient', ['gender = female']]]));
  });
});
