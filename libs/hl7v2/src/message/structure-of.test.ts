import { describe, expect, it } from '@jest/globals';
import { structureOf } from './structure-of.js';

describe('structure of', () => {
  it.each([
    ['ADT', 'A01', 'ADT_A01'],
    ['ADT', 'A04', 'ADT_A01'],
    ['ADT', 'A08', 'ADT_A01'],
    ['ADT', 'A13', 'ADT_A01'],
    ['ADT', 'A03', 'ADT_A03'],
    ['ADT', 'A28', 'ADT_A05'],
    ['ADT', 'A31', 'ADT_A05'],
    ['ADT', 'A07', 'ADT_A06'],
    ['ADT', 'A11', 'ADT_A09'],
    ['ADT', 'A12', 'ADT_A12'],
    ['ADT', 'A29', 'ADT_A21'],
    ['ADT', 'A33', 'ADT_A21'],
    ['ADT', 'A34', 'ADT_A30'],
    ['ADT', 'A47', 'ADT_A30'],
    ['ADT', 'A40', 'ADT_A39'],
    ['ADT', 'A45', 'ADT_A45'],
    ['ADT', 'A51', 'ADT_A50'],
    ['ADT', 'A53', 'ADT_A52'],
    ['ADT', 'A55', 'ADT_A54'],
    ['ADT', 'A62', 'ADT_A61'],
    ['ORU', 'R01', 'ORU_R01'],
    ['ORU', 'R32', 'ORU_R30'],
    ['MDM', 'T08', 'MDM_T02'],
    ['MDM', 'T11', 'MDM_T01'],
    ['SIU', 'S15', 'SIU_S12'],
    ['RDE', 'O25', 'RDE_O11'],
    ['PPR', 'PC3', 'PPR_PC1'],
    ['QBP', 'Q22', 'QBP_Q21'],
    ['REF', 'I14', 'REF_I12'],
    ['ACK', 'A01', 'ACK'],
    ['ACK', '', 'ACK'],
  ])('puts %s^%s in %s', (code, event, structure) => {
    expect(structureOf(code, event)).toBe(structure);
  });

  it('knows every ADT event of the standard and no other', () => {
    const events = Array.from({ length: 70 }, (_, n) => `A${String(n).padStart(2, '0')}`);
    const unknown = events.filter((event) => structureOf('ADT', event) === undefined);
    expect(unknown).toEqual([
      'A00',
      'A19',
      'A56',
      'A57',
      'A58',
      'A59',
      'A63',
      'A64',
      'A65',
      'A66',
      'A67',
      'A68',
      'A69',
    ]);
    expect(structureOf('ADT', '')).toBeUndefined();
    expect(structureOf('', 'A01')).toBeUndefined();
  });
});
