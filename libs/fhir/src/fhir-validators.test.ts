import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './fhir-validators.conformance.js';
import { schemaProblems } from './r4-schema.conformance.js';

const patient = { resourceType: 'Patient', gender: 'female', birthDate: '1962-03-20', name: [{ family: 'TEST' }] };
const within = (one: object) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: [{ resource: { ...patient, contained: [one] } }],
});

describe('the validators that the tests ask', () => {
  it.each([patient, within(patient)])('find nothing wrong with a right resource', (resource) => {
    expect(problemsOf(resource)).toEqual([]);
  });

  it.each([
    ['an element that the type does not have', { ...patient, surname: 'TEST' }],
    ['a value of another type', { ...patient, name: 'TEST' }],
    ['a value in another form', { ...patient, birthDate: '20.3.1962' }],
    ['a code outside of its value set', { ...patient, gender: 'f' }],
    ['a type that R4 does not have', { ...patient, resourceType: 'Person2' }],
  ])('find %s, wherever the resource is', (_, wrong) => {
    expect(schemaProblems(wrong)).not.toEqual([]);
    expect(schemaProblems(within(wrong))).not.toEqual([]);
  });

  it('find a required element that is missing', () => {
    expect(problemsOf({ resourceType: 'Observation', status: 'final' })).not.toEqual([]);
  });
});
