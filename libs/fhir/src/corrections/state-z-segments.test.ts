import { describe, expect, it } from '@jest/globals';
import type { ZSegmentCorrection } from '@anamnesis/core';
import type { FhirResource } from '../fhir-types.js';
import { adt, assembled, contextOf, message, pv1 } from '../test-context.js';
import { problemsOf } from '../fhir-validators.conformance.js';
import { stringifyFhir } from '../stringify-fhir.js';
import { mapMessage } from '../v2/map-message.js';
import { readCorrections } from './read-corrections.js';

const married = {
  from: 'ZPD-3',
  to: 'Patient.maritalStatus',
  system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus',
  codes: { '1': 'M', '2': 'S' },
};

function events(rules: readonly ZSegmentCorrection[], ...segments: readonly string[]) {
  const { zSegments } = readCorrections(JSON.stringify({ corrections: 1, zSegments: rules }));
  const one = adt('A08', '20260309', ...segments);
  return mapMessage(one, contextOf(one, { zSegments }));
}

function resources(rules: readonly ZSegmentCorrection[], ...segments: readonly string[]): readonly FhirResource[] {
  return assembled(...events(rules, ...segments).map((one) => one.resources.statements));
}

const patientOf = (rules: readonly ZSegmentCorrection[], ...segments: readonly string[]) =>
  resources(rules, ...segments).find(({ resourceType }) => resourceType === 'Patient');
const warningsOf = (rules: readonly ZSegmentCorrection[], ...segments: readonly string[]) =>
  events(rules, ...segments).flatMap((one) => one.resources.warnings);

describe('a Z segment', () => {
  it('says an element of the patient by its rule, with the code as it was sent', () => {
    expect(patientOf([married], 'ZPD|1|x|2')).toMatchObject({
      maritalStatus: {
        coding: [
          { system: married.system, code: 'S' },
          { system: 'urn:anamnesis:MPK:ZPD-3', code: '2' },
        ],
      },
    });
  });

  it('adds identifiers, telephones and extensions to those of other segments, each repetition of them', () => {
    const found = patientOf(
      [
        { from: 'ZPD-1', to: 'Patient.identifier', system: 'urn:example:health-card' },
        { from: 'ZPD-2.1', to: 'Patient.identifier', system: 'urn:example:file' },
        { from: 'ZPD-4', to: 'Patient.telecom' },
        { from: 'ZPD-5', to: 'Patient.extension', as: 'boolean', url: 'urn:example:fasting' },
        { from: 'ZPD-6.2', to: 'Patient.extension', as: 'decimal', url: 'urn:example:weight' },
      ],
      'ZPD|77~78|F1^x||^PRN^PH^^^021^555|Y|kg^7.10',
    );
    expect(found).toMatchObject({
      identifier: [
        { value: 'MR-1001' },
        { system: 'urn:example:health-card', value: '77' },
        { system: 'urn:example:health-card', value: '78' },
        { system: 'urn:example:file', value: 'F1' },
      ],
      telecom: [{ system: 'phone', use: 'home' }],
      extension: [
        { url: 'urn:example:fasting', valueBoolean: true },
        { url: 'urn:example:weight', valueDecimal: { $decimal: '7.10' } },
      ],
    });
  });

  it('makes resources that both validators take', () => {
    const rules: readonly ZSegmentCorrection[] = [
      married,
      { from: 'ZPD-1', to: 'Patient.identifier', system: 'urn:example:health-card' },
      { from: 'ZPD-4', to: 'Patient.telecom' },
      { from: 'ZPD-5', to: 'Patient.extension', as: 'boolean', url: 'urn:example:fasting' },
      { from: 'ZPV-1', to: 'Encounter.reasonCode' },
      { from: 'ZPV-2', to: 'Encounter.serviceType' },
      { from: 'ZPV-3', to: 'Encounter.extension', as: 'dateTime', url: 'urn:example:triage' },
    ];
    const made = resources(
      rules,
      pv1({ 2: 'I' }),
      'ZPD|77||1|^PRN^PH^^^021^555|Y',
      'ZPV|CP^chest pain^L|CARD^^L|202603091200',
    );
    expect(made.flatMap((one) => problemsOf(JSON.parse(stringifyFhir(one))))).toEqual([]);
    expect(made.find(({ resourceType }) => resourceType === 'Encounter')).toMatchObject({
      reasonCode: [{ coding: [{ code: 'CP' }] }],
      serviceType: { coding: [{ code: 'CARD' }] },
      extension: [{ valueDateTime: '2026-03-09T12:00:00+05:00' }],
    });
  });

  it('empty says nothing, and "" takes back', () => {
    const stated = (segment: string) =>
      events([married], segment)[0]?.resources.statements.find(({ resourceType }) => resourceType === 'Patient');
    expect(stated('ZPD|||')?.slots).not.toHaveProperty('maritalStatus');
    expect(stated('ZPD|||')?.removed ?? []).not.toContain('maritalStatus');
    expect(stated('ZPD|||""')?.removed).toContain('maritalStatus');
  });

  it('of one patient says nothing of another in the same message', () => {
    const two = message(
      'MSH|^~\\&|PAS|MPK|||20260309||ADT^A17|C-1|P|2.5.1',
      ...['EVN|A17|20260309', 'PID|1||MR-1^^^MPK^MR||ONE', 'PV1|1|I|W^1', 'ZPD|||1'],
      ...['PID|2||MR-2^^^MPK^MR||TWO', 'PV1|1|I|W^2', 'ZPD|||2'],
    );
    const { zSegments } = readCorrections(JSON.stringify({ corrections: 1, zSegments: [married] }));
    const codes = mapMessage(two, contextOf(two, { zSegments })).map((event) => [
      event.subject?.value,
      /"code":"([MS])"/.exec(JSON.stringify(event.resources.statements))?.[1],
    ]);
    expect(codes).toEqual([
      ['MR-1', 'M'],
      ['MR-2', 'S'],
    ]);
  });

  it('that says nothing usable, or of no resource or several, leaves a warning', () => {
    expect(warningsOf([married], 'ZPD|||9')).toContain('ZPD-3 does not map');
    expect(warningsOf([{ ...married, to: 'Encounter.priority' }], 'ZPD|||1')).toContain(
      'ZPD-3: the message states no Encounter',
    );
    const note = { from: 'ZPD-1', to: 'AllergyIntolerance.extension', as: 'string', url: 'urn:example:note' };
    expect(warningsOf([note], 'AL1|1||A', 'AL1|2||B', 'ZPD|x')).toContain(
      'ZPD-1: the message states several AllergyIntolerance',
    );
  });

  it('is no longer among what stays in the message only, as far as it is read', () => {
    const kept = (rules: readonly ZSegmentCorrection[]) =>
      warningsOf(rules, 'ZPD|a||1').filter((one) => one.startsWith('kept in the message only'));
    expect(kept([])).toEqual(['kept in the message only: ZPD']);
    expect(kept([married])).toEqual(['kept in the message only: ZPD-1']);
  });

  it('speaks where its condition holds', () => {
    const rule = { ...married, when: { path: 'ZPD-1', equals: 'A' } };
    expect(patientOf([rule], 'ZPD|B||1')).not.toHaveProperty('maritalStatus');
    expect(patientOf([rule], 'ZPD|A||1')).toHaveProperty('maritalStatus');
  });
});
