import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { elementPath } from './element-path.js';
import { elementsOf, rowResourceTypes } from './structure.js';

interface Property {
  readonly _name: string;
  readonly _type?: string;
  readonly _choice?: string;
  readonly _multiple: boolean;
  readonly _required?: boolean;
  readonly _valueSetStrength?: string;
  readonly _valueSet?: string;
  readonly _properties?: readonly Property[];
}

const require = createRequire(import.meta.url);
const profiles = require('fhir/profiles/types.json') as Readonly<Record<string, { _properties: readonly Property[] }>>;
const valueSets = require('fhir/profiles/valuesets.json') as Readonly<
  Record<string, { readonly systems?: readonly { readonly codes: readonly { readonly code: string }[] }[] }>
>;

/** Every element of a type that is written in the structure and in the definitions of FHIR R4. */
function pairs(type: string, properties: readonly Property[]): readonly (readonly [string, Property[]])[] {
  return (elementsOf(type) ?? []).map(({ name, isChoice }) => [
    name,
    properties.filter((one) => (isChoice ? one._choice?.replace('[x]', '') === name : one._name === name)),
  ]);
}

describe('the structure of FHIR R4', () => {
  const types = [
    ...rowResourceTypes,
    'HumanName',
    'Address',
    'ContactPoint',
    'Identifier',
    'CodeableConcept',
    'Coding',
    'Quantity',
    'Period',
    'Reference',
    'Dosage',
    'Attachment',
  ];

  it.each(types)('of %s is as defined: lists, required elements, types and codes', (type) => {
    const properties = profiles[type]?._properties ?? [];
    for (const [name, defined] of pairs(type, properties)) {
      const element = elementsOf(type)?.find((one) => one.name === name);
      const [first] = defined;
      expect([name, element?.isList, element?.isRequired]).toEqual([name, first?._multiple, first?._required === true]);
      const names = defined.map(({ _type = '' }) => _type).sort();
      const ours = (element?.types ?? []).map((one) => (one.name.includes('.') ? first?._type : one.name)).sort();
      if (type !== 'Extension') expect([name, ours]).toEqual([name, names]);
      const set =
        first?._valueSetStrength === 'required' ? valueSets[first._valueSet?.replace(/\|.*/, '') ?? ''] : undefined;
      const codes = set?.systems?.flatMap((one) => one.codes.map(({ code }) => code));
      const written = element?.types[0]?.codes;
      if (written !== undefined) expect([name, written]).toEqual([name, codes]);
    }
  });

  it.each(rowResourceTypes)('of %s leaves no element out but what rows cannot say', (type) => {
    const left = ['id', 'meta', 'implicitRules', 'language', 'text', 'contained', 'modifierExtension'];
    const names = (profiles[type]?._properties ?? [])
      .filter(({ _name }) => !_name.startsWith('_') && !left.includes(_name))
      .map(({ _name, _choice }) => _choice?.replace('[x]', '') ?? _name);
    expect((elementsOf(type) ?? []).map(({ name }) => name)).toEqual([...new Set(names)]);
  });

  it('reads a path step by step', () => {
    const path = elementPath('Observation', 'component[1].valueQuantity.unit');
    expect(
      typeof path === 'string' ? path : path.steps.map(({ name, index, choice }) => [name, index, choice]),
    ).toEqual([
      ['component', 1, undefined],
      ['valueQuantity', undefined, 'value'],
      ['unit', undefined, undefined],
    ]);
  });

  it.each([
    ['name[10].text', /no step of a path/],
    ['name.txt', /HumanName has no element "txt"; near|HumanName has no element "txt"/],
    ['birthDate.year', /date has no elements of its own/],
    ['__proto__', /no step of a path/],
    ['constructor', /no element/],
  ])('says why %s names nothing', (path, reason) => {
    expect(elementPath('Patient', path)).toMatch(reason);
  });
});
