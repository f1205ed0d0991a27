import { describe, expect, it } from '@jest/globals';
import { adt, afterAll } from '../../test-context.js';

const pid = (fields: Readonly<Record<number, string>>) => {
  const all: Readonly<Record<number, string>> = { 1: '1', 3: 'MR-1001^^^MPK^MR', 5: 'EVERYWOMAN^EVE', ...fields };
  return ['PID', ...Array.from({ length: 40 }, (_, at) => all[at + 1] ?? '')].join('|');
};
const patient = (...pids: readonly string[]) =>
  afterAll(
    pids.map((one, at) => adt('A08', `2026030${at + 1}100000`, one)),
    'Patient',
  );

describe('a patient record over its messages', () => {
  it('loses a phone to "" and keeps it through an empty field', () => {
    const known = pid({ 13: '^PRN^PH^^92^233^555001', 14: '^WPN^PH^^92^233^555002' });
    expect(patient(known, pid({}))?.['telecom']).toHaveLength(2);
    expect(patient(known, pid({ 13: '""' }))?.['telecom']).toEqual([
      { system: 'phone', value: '+92 233 555002', use: 'work' },
    ]);
  });

  it('takes a repeating field as the full list', () => {
    const two = pid({ 11: '1 First Street^^Town~2 Second Street^^Town' });
    expect(patient(two, pid({ 11: '2 Second Street^^Town' }))?.['address']).toEqual([
      { line: ['2 Second Street'], city: 'Town' },
    ]);
  });

  it('never makes a name or an address of ""', () => {
    const record = patient(pid({ 5: '""', 11: '""', 7: '""', 8: '""' }));
    for (const element of ['name', 'address', 'birthDate', 'gender']) expect(record).not.toHaveProperty(element);
  });

  it('prefers the time of death to the indicator, and takes both back', () => {
    expect(patient(pid({ 29: '20260301', 30: 'Y' }))).toMatchObject({ deceasedDateTime: '2026-03-01' });
    expect(patient(pid({ 29: '20260301' }), pid({ 30: 'Y' }))).toMatchObject({ deceasedDateTime: '2026-03-01' });
    const alive = patient(pid({ 29: '20260301', 30: 'Y' }), pid({ 30: 'N' }));
    expect(alive).toMatchObject({ deceasedBoolean: false });
    expect(alive).not.toHaveProperty('deceasedDateTime');
  });

  it('prefers the birth order to the indicator', () => {
    expect(patient(pid({ 24: 'Y', 25: '2' }))).toMatchObject({ multipleBirthInteger: 2 });
    expect(patient(pid({ 24: 'Y' }))).toMatchObject({ multipleBirthBoolean: true });
  });

  it('drops a time of birth when the date is sent anew without one', () => {
    expect(patient(pid({ 7: '196203200415' }))).toHaveProperty('_birthDate');
    expect(patient(pid({ 7: '196203200415' }), pid({ 7: '19620320' }))).not.toHaveProperty('_birthDate');
  });

  it('is left alone by the demographics of a merge', () => {
    const merge = adt('A40', '20260309100000', pid({ 5: 'OTHER^NAME', 11: '9 Elsewhere' }), 'MRG|MR-0990^^^MPK^MR');
    const record = afterAll([adt('A08', '20260301100000', pid({})), merge], 'Patient');
    expect(record).toMatchObject({ name: [{ family: 'EVERYWOMAN' }] });
    expect(record?.['identifier']).toHaveLength(1);
    expect(record).not.toHaveProperty('address');
  });

  it('keeps a code that FHIR has no word for beside the gender', () => {
    expect(patient(pid({ 8: 'A' }))).toMatchObject({ gender: 'other', _gender: expect.anything() as object });
    expect(patient(pid({ 8: 'A' }), pid({ 8: 'F' }))).not.toHaveProperty('_gender');
  });
});
