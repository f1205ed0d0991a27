import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourcePhase } from '@anamnesis/core';
import { isNearCertification, isTestAt, type PhaseStep, stepAt } from './phase-at.js';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const steps: readonly PhaseStep[] = [
  { phase: 'draft', since: at(10) },
  { phase: 'testing', since: at(20) },
  { phase: 'certified', since: at(30) },
  { phase: 'testing', since: at(60) },
];
const phases = fc.array(fc.constantFrom<SourcePhase>('draft', 'testing', 'certified'), { minLength: 1, maxLength: 8 });

describe('the history that an event belongs to', () => {
  it.each([
    [9, false],
    [10, true],
    [29, true],
    [30, false],
    [59, false],
    [60, true],
    [999, true],
  ])('is by the phase of its source when the bus took it: minute %p, test %p', (minute, isTest) => {
    expect(isTestAt(steps, at(minute))).toBe(isTest);
  });

  it('is that of patients for a source that was certified from the start', () => {
    expect(isTestAt([], at(0))).toBe(false);
  });

  it('does not change for what was taken before, whatever steps follow', () => {
    fc.assert(
      fc.property(phases, phases, fc.nat(80), (before, after, minute) => {
        const taken = before.map((phase, index) => ({ phase, since: at(index * 10) }));
        const later = after.map((phase, index) => ({ phase, since: at(81 + index) }));
        expect(stepAt([...taken, ...later], at(minute))).toEqual(stepAt(taken, at(minute)));
      }),
    );
  });

  it('is in doubt for as long as two clocks may differ, after the source was certified', () => {
    expect(isNearCertification(steps, at(29))).toBe(false);
    expect(isNearCertification(steps, at(39))).toBe(true);
    expect(isNearCertification(steps, at(41))).toBe(false);
    expect(isNearCertification([], at(41))).toBe(false);
  });
});
