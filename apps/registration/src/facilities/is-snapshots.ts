import type { Snapshots } from '@anamnesis/core';
import { ValidateBy } from 'class-validator';

const segments: readonly string[] = ['NK1', 'IN1'] satisfies readonly (keyof Snapshots)[];
const modes: readonly unknown[] = ['replace', 'keep'];

/** What a source means by a list, by segment; only of segments in which something may be ended. */
export function IsSnapshots(): PropertyDecorator {
  const validate = (map: unknown): boolean =>
    typeof map === 'object' &&
    map !== null &&
    Object.entries(map).every(([segment, mode]) => segments.includes(segment) && modes.includes(mode));
  const defaultMessage = () => `$property must map ${segments.join(' and ')} to replace or keep`;
  return ValidateBy({ name: 'isSnapshots', validator: { validate, defaultMessage } });
}
