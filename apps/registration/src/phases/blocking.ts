import { createHash } from 'node:crypto';
import type { Finding } from '@anamnesis/core';
import type { SourceBlocker } from '@anamnesis/store';

/** Rules that hold a source in testing back, beside `refused-…`. All others are warnings. */
const blockingRules: ReadonlySet<string> = new Set(['undecodable', 'authority-missing', 'nothing-taken']);

/** Such a finding is settled when this many later messages of its type were taken without it, … */
export const cleanOfTypeMin = 3;
/** … or this many of any type: a sender that has ceased to send the type at fault has mended it too. */
export const cleanOfAnyMin = 100;

/** What a source in testing has not done as long as none of its messages was taken. One message settles it. */
export const nothingTaken: Finding = {
  rule: 'nothing-taken',
  location: '',
  text: 'no message was taken since testing began',
};

type Standing = Pick<SourceBlocker, 'rule' | 'cleanOfType' | 'cleanOfAny' | 'acceptedAt'>;

export function isBlocking(rule: string): boolean {
  return rule.startsWith('refused-') || blockingRules.has(rule);
}

/** Does the finding hold its source back? Not once it is settled, or an operator accepted it. */
export function stands({ rule, cleanOfType, cleanOfAny, acceptedAt }: Standing): boolean {
  if (acceptedAt !== null) return false;
  if (rule === nothingTaken.rule) return cleanOfAny === 0;
  return cleanOfType < cleanOfTypeMin && cleanOfAny < cleanOfAnyMin;
}

/** One finding about one type of message. */
export function blockerId({ rule, location, text }: Finding, messageType: string): string {
  const parts = JSON.stringify([rule, location, text, messageType]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}
