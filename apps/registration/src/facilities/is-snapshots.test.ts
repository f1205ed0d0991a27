import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { SourceChangesDto } from './facilities.dto.js';

const faults = (snapshots: unknown) => validateSync(Object.assign(new SourceChangesDto(), { snapshots })).length;

describe('the snapshots of a source', () => {
  it.each([{}, { NK1: 'keep' }, { NK1: 'replace', IN1: 'keep' }, null])('may be %j', (snapshots) => {
    expect(faults(snapshots)).toBe(0);
  });

  it.each([{ AL1: 'replace' }, { DG1: 'keep' }, { NK1: 'delete' }, { NK1: true }, 'keep', [['NK1', 'keep']]])(
    'are refused as %j: allergies and problems are never ended by absence',
    (snapshots) => {
      expect(faults(snapshots)).toBe(1);
    },
  );
});
