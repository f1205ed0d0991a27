import { type ReceivedEvent, Rejected } from '@anamnesis/core';
import {
  explainCondition,
  type Location,
  type Message,
  MessageError,
  openDictionary,
  parseMessage,
  shapeOf,
} from '@anamnesis/hl7v2';
import type { Case } from './case.js';
import { AuthorityRejected, universalNumbers } from './judge.js';

/** Fields that the numbers of an event are read from, in that order. */
const fields: readonly (readonly [segment: string, field: number])[] = [
  ['PID', 3],
  ['PID', 2],
  ['PID', 4],
  ['MRG', 1],
  ['PID', 19],
  ['PID', 20],
  ['PID', 18],
  ['MRG', 3],
  ['PV1', 19],
  ['MRG', 5],
];

/**
 * The rejection with the place of the number whose authority is at fault: `PID-3 Patient Identifier List, repetition 2,
 * component 4 Assigning Authority: …`, and what the authority looks like. As it was where the message does not show it.
 */
export async function placeAuthority(rejection: Rejected, one: Case): Promise<Rejected> {
  if (!(rejection instanceof AuthorityRejected)) return rejection;
  const message = read(one);
  const location = message && locationOf(message, valuesIn(one.event, rejection.system));
  if (message === undefined || location === undefined) return rejection;
  const condition = {
    code: 204 as const,
    location,
    text: rejection.message,
    shape: shapeOf(authorityAt(message, location)),
  };
  const { text } = explainCondition(condition, await openDictionary(), message.header.version);
  return new Rejected(rejection.code, text);
}

function read({ record, event }: Case): Message | undefined {
  try {
    return parseMessage(record.body, { charsetDefault: event.raw.charset });
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

function valuesIn({ subject, identity }: ReceivedEvent, system: string): ReadonlySet<string> {
  const merged = (identity?.merges ?? []).flatMap(({ survivor, retired }) => [survivor, retired]);
  const named = subject === undefined ? [] : [subject];
  const all = [...(identity?.identifiers ?? []), ...merged, ...universalNumbers(identity), ...named];
  return new Set(all.filter((one) => one.system === system).map(({ value }) => value));
}

function locationOf(message: Message, values: ReadonlySet<string>): Location | undefined {
  for (const [name, field] of fields)
    for (const segment of message.all(name)) {
      const at = segment.field(field).repetitions.findIndex((one) => values.has(one.text(1)));
      if (at >= 0) return { segment: name, position: segment.position, field, repetition: at + 1, component: 4 };
    }
  return undefined;
}

function authorityAt(message: Message, { segment, position, field = 0, repetition = 1, component }: Location): string {
  return message.all(segment)[position - 1]?.field(field).repetitions[repetition - 1]?.text(component) ?? '';
}
