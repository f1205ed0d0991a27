import { describe, expect, it } from '@jest/globals';
import { lookAtValues } from './look-at-values.js';

const lookAt = (...born: readonly string[]) =>
  lookAtValues(
    { name: 'born', type: 'varchar' },
    born.map((one) => ({ born: one })),
    'date',
  );

describe('the format of dates that are texts', () => {
  it('is the one that fits all of them, with others that do', () => {
    expect(lookAt('16/05/1997', '01/02/1990')).toEqual({
      members: ['format: dd/MM/yyyy'],
      remark: 'fits also d/M/yyyy',
    });
  });

  it('is the one that fits most of them, and it is said that some do not fit', () => {
    const { members, remark } = lookAt('16/05/1997', '29/02/1988', '1997-05-16', 'N/A', '31/12/2001');
    expect(members).toEqual(['format: dd/MM/yyyy']);
    expect(remark).toBe('2 of 5 values that were seen do not fit it; fits also d/M/yyyy');
  });

  it('is none where no more than half fit one', () => {
    expect(lookAt('16/05/1997', '1997-05-16', 'N/A', '-').members).toEqual([]);
  });
});
