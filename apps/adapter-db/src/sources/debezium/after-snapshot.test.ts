import { describe, expect, it } from '@jest/globals';
import type { RowChange } from '@anamnesis/core';
import { afterSnapshot } from './after-snapshot.js';

const change = (op: RowChange['op'], at: string): RowChange => ({
  ...{ op, table: 'patients', key: [1], at: `2026-01-05T04:00:${at}Z`, position: at },
});
const times = (changes: readonly RowChange[]) => changes.map(({ op, at }) => `${op}${at.slice(17, 23)}`);

describe('changes after a snapshot', () => {
  it('are not earlier than the rows that it found before them, and keep their place', () => {
    const read = [change('r', '07.290'), change('r', '07.310'), change('u', '07.000'), change('u', '08.000')];
    const { changes, found } = afterSnapshot(read, undefined);
    expect(times(changes)).toEqual(['r07.290', 'r07.310', 'u07.310', 'u08.000']);
    expect(changes[2]?.position).toBe('07.000');
    expect(found).toBe('2026-01-05T04:00:07.310Z');
    const later = afterSnapshot([change('d', '07.000'), change('r', '06.000'), change('c', '09.000')], found);
    expect(times(later.changes)).toEqual(['d07.310', 'r06.000', 'c09.000']);
    expect(later.found).toBe(found);
  });

  it('are as they came where no row was found', () => {
    const read = [change('u', '07.000'), change('u', '05.000')];
    expect(afterSnapshot(read, undefined)).toEqual({ changes: read, found: undefined });
  });
});
