import { describe, expect, it } from '@jest/globals';
import { accountVisitId } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import type { FhirResource } from '../../fhir-types.js';
import { adt, assembled, contextOf, deploymentKey, pv1 } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

const pid = (fields: Readonly<Record<number, string>>) => {
  const all: Readonly<Record<number, string>> = { 1: '1', 3: 'MR-1001^^^MPK^MR', 5: 'OTHER^NAME', ...fields };
  return ['PID', ...Array.from({ length: 18 }, (_, at) => all[at + 1] ?? '')].join('|');
};
const eventsOf = (one: Message) => mapMessage(one, contextOf(one));

/** Resources of a type after these messages, by the first of their numbers. */
function after(resourceType: string, ...messages: readonly Message[]): ReadonlyMap<string, FhirResource> {
  const statements = messages.map((one) => eventsOf(one).flatMap(({ resources }) => resources.statements));
  const found = assembled(...statements).filter((one) => one.resourceType === resourceType);
  return new Map(found.map((one) => [(one as unknown as Numbered).identifier[0]?.value ?? '', one]));
}

interface Numbered {
  readonly identifier: readonly { readonly value: string }[];
}

describe('a number that was wrong', () => {
  it('of a patient is read as the right one, and kept with the day it ended', () => {
    const change = adt('A47', '20260306100000', pid({}), 'MRG|MR-9001^^^MPK^MR');
    const [event] = eventsOf(change);
    expect(event?.identity?.merges).toMatchObject([{ survivor: { value: 'MR-1001' }, retired: { value: 'MR-9001' } }]);
    expect(after('Patient', change).get('MR-1001')).toMatchObject({
      identifier: [
        { value: 'MR-1001' },
        { value: 'MR-9001', use: 'old', period: { end: '2026-03-06T10:00:00+05:00' } },
      ],
    });
  });

  it('changes nothing else of the patient', () => {
    const change = adt('A47', '20260306100000', pid({}), 'MRG|MR-9001^^^MPK^MR');
    const known = adt('A28', '20260301100000');
    expect(after('Patient', known, change).get('MR-1001')).toMatchObject({ name: [{ family: 'EVERYWOMAN' }] });
  });

  it('of a visit is read as the right one, which carries it as an old one', () => {
    const admit = adt('A01', '20260301080000', pv1({ 3: 'W1', 19: 'V-9^^^MPK' }));
    const change = adt('A50', '20260306100000', pid({}), 'MRG|MR-1001^^^MPK^MR||||V-9^^^MPK', pv1({}));
    const encounters = after('Encounter', admit, change);
    expect(encounters.get('V-9')).toMatchObject({ status: 'in-progress', location: [{ location: { display: 'W1' } }] });
    const end = '2026-03-06T10:00:00+05:00';
    expect(encounters.get('V-1')).toMatchObject({
      identifier: [{ value: 'V-1' }, { value: 'V-9', use: 'old', period: { end } }],
    });
    expect(eventsOf(change)[0]?.identity?.numberMerges).toMatchObject([
      { kind: 'visit', survivor: { value: 'V-1' }, retired: { value: 'V-9' } },
    ]);
  });
});

describe('accounts and visits that become one', () => {
  it('are claimed group by group, each of its own patient', () => {
    const merge = adt(
      'A41',
      '20260306100000',
      pid({ 18: 'ACC-1^^^MPK' }),
      'MRG|MR-1001^^^MPK^MR||ACC-2^^^MPK',
      pid({ 3: 'MR-2002^^^MPK^MR', 18: 'ACC-3^^^MPK' }),
      'MRG|MR-2002^^^MPK^MR||ACC-4^^^MPK',
    );
    expect(eventsOf(merge).map(({ type, subject }) => `${type} ${subject?.value ?? ''}`)).toEqual([
      'account.merged MR-1001',
      'account.merged MR-2002',
    ]);
    expect(eventsOf(merge).map(({ identity }) => identity?.numberMerges)).toMatchObject([
      [{ kind: 'account', survivor: { value: 'ACC-1' }, retired: { value: 'ACC-2', isUniversal: false } }],
      [{ kind: 'account', survivor: { value: 'ACC-3' }, retired: { value: 'ACC-4' } }],
    ]);
    const accounts = after('Account', merge);
    expect(accounts.get('ACC-2')).not.toHaveProperty('partOf');
    expect(accounts.get('ACC-3')).toMatchObject({ identifier: [{ value: 'ACC-3' }, { value: 'ACC-4', use: 'old' }] });
  });

  it('change all or none', () => {
    const merge = adt(
      'A41',
      '20260306100000',
      pid({ 18: 'ACC-1^^^MPK' }),
      'MRG|MR-1001^^^MPK^MR||ACC-2^^^MPK',
      pid({ 3: 'MR-2002^^^MPK^MR', 18: 'ACC-3^^^MPK' }),
      'MRG|MR-2002^^^MPK^MR',
    );
    expect(after('Account', merge).size).toBe(0);
    for (const { identity, resources } of eventsOf(merge)) {
      expect(identity).not.toHaveProperty('numberMerges');
      expect(resources.warnings).toContain('a group changes nothing: none of the groups is applied');
    }
  });

  it('are left alone without two numbers', () => {
    const merge = adt('A42', '20260306100000', pid({}), 'MRG|MR-1001^^^MPK^MR', pv1({}));
    expect(after('Encounter', merge).size).toBe(0);
    expect(eventsOf(merge)[0]?.resources.warnings).toContain('MRG-5 and PV1-19 name no two visits: nothing to change');
  });
});

describe('a visit without a number', () => {
  const admit = (fields: Readonly<Record<number, string>>) =>
    eventsOf(
      adt('A01', '20260301080000', pid({ 18: 'ACC-1^^^MPK' }), pv1({ 19: '', 44: '202603010800', ...fields })),
    )[0];

  it('is told by its account and its beginning, so that it may follow when accounts become one', () => {
    const event = admit({});
    const account = { system: 'urn:anamnesis:authority:MPK', value: 'ACC-1', isUniversal: false };
    const visit = { account, admittedAt: '202603010800' };
    expect(event?.identity).toMatchObject({ familyName: 'OTHER', accountVisits: [visit] });
    expect(event?.resources.statements.find(({ resourceType }) => resourceType === 'Encounter')?.id).toBe(
      accountVisitId(deploymentKey, { facility: 'MPK', visit }),
    );
  });

  it('is nothing to tell when it has one, or when nothing is known of it', () => {
    for (const fields of [{ 19: 'V-1^^^MPK' }, { 44: '' }])
      expect(admit(fields)?.identity).not.toHaveProperty('accountVisits');
  });
});

describe('what moves to another patient', () => {
  it('is a visit, in whatever order the messages come', () => {
    const admit = adt('A01', '20260301080000', pid({ 3: 'MR-0990^^^MPK^MR' }), pv1({ 3: 'W1' }));
    const move = adt('A45', '20260306100000', pid({}), 'MRG|MR-0990^^^MPK^MR||||V-1^^^MPK', pv1({}));
    for (const order of [
      [admit, move],
      [move, admit],
    ])
      expect(after('Encounter', ...order).get('V-1')).toMatchObject({
        status: 'in-progress',
        subject: { identifier: { value: 'MR-1001' } },
      });
  });

  it('is a number: a link is taken away and another made', () => {
    const move = adt(
      'A43',
      '20260306100000',
      pid({ 3: 'E-2^^^MPK^PI~MR-1^^^MPK^MR' }),
      'MRG|E-1^^^MPK^PI~MR-1^^^MPK^MR',
    );
    expect(eventsOf(move)[0]?.identity?.links).toMatchObject([
      { first: { value: 'E-1' }, second: { value: 'MR-1' }, isLinked: false },
      { first: { value: 'E-2' }, second: { value: 'MR-1' }, isLinked: true },
    ]);
  });

  it('is what MRG-1 names, when no number stands in both', () => {
    const move = adt('A43', '20260306100000', pid({}), 'MRG|MR-9^^^MPK^MR');
    expect(eventsOf(move)[0]?.identity?.links).toMatchObject([
      { first: { value: 'MR-1001' }, second: { value: 'MR-9' }, isLinked: true },
    ]);
  });
});

describe('a link', () => {
  it('needs two patients', () => {
    const alone = adt('A24', '20260306100000', pid({}));
    expect(eventsOf(alone)[0]?.identity).not.toHaveProperty('links');
    const twice = adt('A24', '20260306100000', pid({}), pid({}));
    expect(eventsOf(twice)[0]?.identity).not.toHaveProperty('links');
  });

  it('is said in the event of the first, and both records are there', () => {
    const link = adt('A24', '20260306100000', pid({}), pid({ 3: 'H-77^^^HYD^MR' }));
    expect(eventsOf(link).map(({ subject, identity }) => [subject?.value, identity?.links?.length])).toEqual([
      ['MR-1001', 1],
      ['H-77', undefined],
    ]);
  });
});
