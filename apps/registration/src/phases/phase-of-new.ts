import type { SourceFact } from '@anamnesis/core';
import { enrolmentOf, type Settings } from '@anamnesis/runtime';

/** A new source begins as a draft; in the open sandbox, which anybody may try out, it is certified from the start. */
export function phaseOfNew(settings: Settings): Pick<SourceFact, 'phase'> {
  return enrolmentOf(settings) === 'open' ? {} : { phase: 'draft' };
}
