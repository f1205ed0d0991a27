import type { AppliedCorrections, Finding, SourceFact } from '@anamnesis/core';
import { correct, type Corrected, type Message } from '@anamnesis/hl7v2';

/** The message as its source means it; as it came where the source has no corrections file switched on. */
export function correctedOf({ corrections }: SourceFact, message: Message): Corrected {
  return corrections === undefined ? { message, corrections: [] } : correct(message, corrections);
}

/** What the events of the message say of it. */
export function appliedTo(
  { corrections: file }: SourceFact,
  { corrections }: Corrected,
): AppliedCorrections | undefined {
  if (file === undefined) return undefined;
  const changed = corrections.filter(({ problem }) => problem === undefined);
  return { version: file.version, changes: new Set(changed.map(({ rule }) => rule)).size };
}

/** Counted with what the message does wrong: how often a rule was needed, and where it could not help. */
export function correctionFindings({ corrections }: Corrected): readonly Finding[] {
  return corrections.map(({ rule, location, problem }) =>
    problem === undefined
      ? { rule: 'corrected', location, text: `${location}: changed by ${rule} of the corrections file` }
      : {
          rule: 'correction-failed',
          location,
          text: `${location}: not changed by ${rule} of the corrections file: ${problem}`,
        },
  );
}
