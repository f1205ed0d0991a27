import { type Dictionary, explainCondition } from '@anamnesis/hl7v2';
import type { Answered } from './outcome.js';

/** Puts each refusal in words that its sender can act on: HL7's names of the place, the rule, the shape of the value. */
export function explain(answered: readonly Answered[], dictionary: Dictionary): readonly Answered[] {
  return answered.map((one) => {
    const { header, outcome } = one;
    if (outcome.kind === 'done') return one;
    const condition = explainCondition(outcome.condition, dictionary, header?.version ?? '');
    return { ...one, outcome: { ...outcome, condition } };
  });
}
