import type { IntegrityFinding } from '@anamnesis/store';

/** What the audit says of a value: the fault, or nothing where it agrees. */
export type Finding = Pick<IntegrityFinding, 'place' | 'subject' | 'fault' | 'eventId'>;

/** What was looked at, and what of it was wrong: earlier findings about the subjects that are not repeated are over. */
export interface Judgement {
  readonly subjects: readonly string[];
  readonly findings: readonly Finding[];
}

export function joined(judgements: readonly Judgement[]): Judgement {
  return {
    subjects: judgements.flatMap(({ subjects }) => [...subjects]),
    findings: judgements.flatMap(({ findings }) => [...findings]),
  };
}

/** Compares a stored row with what it should be, column by column; a boolean is 0 or 1 on SQLite. */
export function judgeRow(
  about: Pick<Finding, 'place' | 'subject' | 'eventId'>,
  stored: object | undefined,
  expected: object,
): readonly Finding[] {
  if (stored === undefined) return [{ ...about, fault: 'missing' }];
  const row = new Map(Object.entries(stored));
  const isSame = Object.entries(expected).every(([column, value]) => isEqual(row.get(column), value));
  return isSame ? [] : [{ ...about, fault: 'altered' }];
}

function isEqual(stored: unknown, expected: unknown): boolean {
  if (typeof expected === 'boolean') return Number(stored) === Number(expected);
  if (expected instanceof Uint8Array) return stored instanceof Uint8Array && Buffer.compare(stored, expected) === 0;
  return stored === expected;
}
