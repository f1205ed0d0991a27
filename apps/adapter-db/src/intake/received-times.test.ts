import { describe, expect, it } from '@jest/globals';
import { ReceivedTimes } from './received-times.js';

describe('ReceivedTimes', () => {
  it('tells the changes of one row apart, and keeps their order', () => {
    const times = new ReceivedTimes();
    const told = Array.from({ length: 50 }, () => times.next('patient [1]'));
    expect(new Set(told).size).toBe(50);
    expect([...told].sort()).toEqual(told);
  });

  it('forgets rows that are past', () => {
    const times = new ReceivedTimes();
    for (let row = 0; row < 30_000; row++) times.next(`patient [${row}]`);
    expect(Date.parse(times.next('patient [1]'))).toBeLessThanOrEqual(Date.now() + 1);
  });
});
