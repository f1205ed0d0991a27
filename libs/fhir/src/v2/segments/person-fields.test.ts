import { describe, expect, it } from '@jest/globals';
import { adt, afterAll } from '../../test-context.js';

const patient = (pid: string) => afterAll([adt('A08', '20260301100000', `PID|1||7^^^MPK^MR||${pid}`)], 'Patient');
const told = (fields: Readonly<Record<number, string>>) =>
  patient(['X^Y', ...Array.from({ length: 11 }, (_, at) => fields[at + 6] ?? '')].join('|'));

describe('a name', () => {
  it('that its bearer is called by is a nickname beside it', () => {
    expect(patient('EVERYWOMAN^EVELYN^^^^^L^^^^^^^^EVIE')?.['name']).toEqual([
      { use: 'official', family: 'EVERYWOMAN', given: ['EVELYN'] },
      { use: 'nickname', given: ['EVIE'] },
    ]);
  });
});

describe('a street', () => {
  const line = (xad: string) => (told({ 11: xad })?.['address'] as { line: unknown }[])[0]?.line;

  it('keeps the name of the street that its first part does not have', () => {
    expect(line('12&ROSE ROAD^FLAT 2')).toEqual(['12', 'ROSE ROAD', 'FLAT 2']);
    expect(line('CITY CLINIC&ROSE ROAD&12')).toEqual(['CITY CLINIC', 'ROSE ROAD', '12']);
  });

  it('says nothing twice', () => {
    expect(line('12 ROSE ROAD&Rose Road&12')).toEqual(['12 ROSE ROAD']);
    expect(line('&ROSE ROAD&12')).toEqual(['12 ROSE ROAD']);
  });
});

describe('a phone number', () => {
  const value = (xtn: string) => (told({ 13: xtn })?.['telecom'] as { value: string }[])[0]?.value;

  it('is that of its parts where they are whole, else the unformatted one', () => {
    expect(value('^PRN^PH^^92^21^5550100^^^^^02199')).toBe('+92 21 5550100');
    expect(value('^PRN^PH^^^^5550100^^^^^0215550100')).toBe('0215550100');
    expect(value('1^PRN^PH^^^^5550100')).toBe('5550100');
    expect(value('(021) 555')).toBe('(021) 555');
  });
});

describe('a language', () => {
  const codes = (cwe: string) => {
    const [said] = told({ 15: cwe })?.['communication'] as {
      language: { coding: { system: string; code: string }[] };
    }[];
    return said?.language.coding.map(({ system, code }) => `${system} ${code}`);
  };

  it('of ISO 639 stands beside its code in BCP 47, in both codings', () => {
    expect(codes('urd^Urdu^HL70296^eng^English^ISO639-2')).toEqual([
      'http://terminology.hl7.org/CodeSystem/v2-0296 urd',
      'urn:anamnesis:MPK:ISO639-2 eng',
      'urn:ietf:bcp:47 ur',
      'urn:ietf:bcp:47 en',
    ]);
    expect(codes('ger')?.at(-1)).toBe('urn:ietf:bcp:47 de');
    expect(codes('FR')?.at(-1)).toBe('urn:ietf:bcp:47 fr');
  });

  it('of another system, or of no list, is as sent', () => {
    expect(codes('urd^Urdu^L')).toEqual(['urn:anamnesis:MPK:L urd']);
    expect(codes('ENGLISH')).toHaveLength(1);
    expect(codes('en^English^ISO639')).toEqual(['urn:ietf:bcp:47 en']);
  });
});

describe('the contact of a related person', () => {
  it('is a further name, address and number of it', () => {
    const blanks = '|'.repeat(27);
    const nk1 = `NK1|1|EVERYMAN^ADAM|FTH${blanks}EVERYMAN^ABEL|5550111|9 LAKE ROAD^^KARACHI`;
    expect(afterAll([adt('A08', '20260301100000', nk1)], 'RelatedPerson')).toMatchObject({
      name: [{ given: ['ADAM'] }, { given: ['ABEL'] }],
      telecom: [{ value: '5550111' }],
      address: [{ city: 'KARACHI' }],
    });
  });
});

describe('a relationship', () => {
  it('of table 0063 stands beside the role code that it means', () => {
    const person = afterAll([adt('A08', '20260301100000', 'NK1|1|EVERYMAN^ADAM|SPO')], 'RelatedPerson');
    expect(person).toMatchObject({ relationship: [{ coding: [{ code: 'SPO' }, { code: 'SPS' }] }] });
  });

  it('that is none but being a contact stands beside the contact role of table 0131', () => {
    const person = afterAll([adt('A08', '20260301100000', 'NK1|1|EVERYMAN^ADAM|EMC')], 'RelatedPerson');
    const system = 'http://terminology.hl7.org/CodeSystem/v2-0131';
    expect(person).toMatchObject({ relationship: [{ coding: [{ code: 'EMC' }, { system, code: 'C' }] }] });
  });
});

describe('the mother of a patient', () => {
  it('is a related person with the numbers of PID-21', () => {
    const pid = `PID|1||7^^^MPK^MR||X^Y${'|'.repeat(16)}8^^^MPK^MR`;
    expect(afterAll([adt('A08', '20260301100000', pid)], 'RelatedPerson')).toMatchObject({
      identifier: [{ value: '8' }],
      relationship: [{ coding: [{ code: 'MTH' }] }],
    });
    expect(afterAll([adt('A08', '20260301100000')], 'RelatedPerson')).toBeUndefined();
  });
});

describe('who holds a policy', () => {
  const in1 = (relationship: string) =>
    `IN1|1|PL-1|IC-1|PAYER${'|'.repeat(12)}EVERYMAN^ADAM|${relationship}|19600101|9 LAKE ROAD^^KARACHI`;
  const told = (type: string, ...segments: readonly string[]) =>
    afterAll([adt('A08', '20260301100000', ...segments)], type);

  it('is the person of IN1-16, where the patient is another', () => {
    const person = told('RelatedPerson', in1('SPO'));
    expect(person).toMatchObject({ name: [{ family: 'EVERYMAN' }], birthDate: '1960-01-01' });
    expect(told('Coverage', in1('SPO'))).toMatchObject({
      subscriber: { reference: `RelatedPerson/${person?.id}` },
    });
  });

  it('is the patient, or nobody known', () => {
    expect(told('RelatedPerson', in1('SEL'))).toBeUndefined();
    expect(told('Coverage', in1('SEL'))).toMatchObject({ subscriber: { identifier: { value: 'MR-1001' } } });
    expect(told('Coverage', in1(''))).not.toHaveProperty('subscriber');
  });

  it('is the person of an NK1 of the same name and relationship, who keeps what that says', () => {
    const nk1 = 'NK1|1|EVERYMAN^ADAM|SPO|7 ROSE ROAD^^LAHORE';
    const person = told('RelatedPerson', nk1, in1('SPO'));
    expect(person).toMatchObject({ address: [{ city: 'LAHORE' }] });
    expect(told('Coverage', nk1, in1('SPO'))).toMatchObject({
      subscriber: { reference: `RelatedPerson/${person?.id}` },
    });
  });
});
