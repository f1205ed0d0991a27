import type { Corrections } from '@anamnesis/core';
import type { Message } from '../message/message.js';
import { applyRule } from './apply-rule.js';
import { EditableMessage } from './editable-message.js';
import { permitsTrigger } from './holds.js';
import { readyRules } from './ready-rules.js';

/** One rule that changed something, or wanted to and could not. */
export interface Correction {
  /** `trigger 1`, `rule 3`: its place in the file, from 1. */
  readonly rule: string;
  /** `PID-3`, as the rule names what it changes. */
  readonly location: string;
  /** Why nothing could be changed; absent where something was. */
  readonly problem?: string;
}

export interface Corrected {
  /** As it is to be judged and mapped; the message itself where no rule changed anything. */
  readonly message: Message;
  /** Each rule and place once. */
  readonly corrections: readonly Correction[];
}

/** Messages with more segments are not mapped either. */
const segmentsMax = 10_000;

/**
 * The message as its source means it: trigger events of its own first, then the rules in their order, each on what those
 * before it left. Only the view is changed; `bytes` of the message that came in stay what was received. Segments are neither
 * made nor taken away. Never throws for content; the same message and corrections always give the same.
 */
export function correct(message: Message, corrections: Corrections): Corrected {
  if (message.segments.length > segmentsMax) return { message, corrections: [] };
  const found = new Map<string, Correction>();
  const add = (one: Correction) => {
    const key = `${one.rule} ${one.location} ${one.problem ?? ''}`;
    if (!found.has(key)) found.set(key, one);
  };
  const meant = translateTrigger(message, corrections, add);
  const editable = new EditableMessage(meant);
  for (const [at, rule] of readyRules(corrections).entries()) {
    const type = meant.header;
    const sentence = { rule: `rule ${at + 1}`, location: rule.location };
    for (const problem of applyRule(editable, rule, type)) add({ ...sentence, ...(problem !== '' && { problem }) });
  }
  return { message: editable.read(), corrections: [...found.values()] };
}

function translateTrigger(message: Message, { triggers }: Corrections, add: (one: Correction) => void): Message {
  const at = triggers.findIndex(({ trigger }) => permitsTrigger(trigger, message));
  const means = triggers[at]?.means;
  if (means === undefined) return message;
  const editable = new EditableMessage(message);
  const { component } = message.delimiters;
  // MSH-9.3 goes with the trigger that it was sent with: the structure is that of what is meant (table 0354).
  const isSet = editable.segments[0]?.set(9, means.split('^').join(component)) === true;
  if (isSet) add({ rule: `trigger ${at + 1}`, location: 'MSH-9' });
  return editable.read();
}
