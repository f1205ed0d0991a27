import type { Message } from '@anamnesis/hl7v2';
import { stateZSegments } from '../corrections/state-z-segments.js';
import { Draft } from './draft.js';
import { eventTimes } from './event-times.js';
import type { MappedEvent, MappingContext } from './mapping-context.js';
import { eventOf } from './structure-mapping.js';
import { structures } from './structures.js';
import { identityOf, patientNumbers } from './subject.js';

/** What is derived from more of them than this would hold up everybody else; such a message is kept as it came. */
export const segmentsMax = 10_000;

/**
 * The clinical events of a message, in the order in which it tells them; at least one. Never throws for content: a value
 * that does not map stays in the message and leaves a warning, a message that does not map at all is one
 * `message.unmapped` of its patient. The same message and context always give the same events.
 */
export function mapMessage(message: Message, context: MappingContext): readonly MappedEvent[] {
  if (message.segments.length > segmentsMax) return [unmapped(message, context, 'more segments than are mapped')];
  const events = structures.get(message.header.structure)?.map(message, context) ?? [];
  return events.length > 0 ? stateZSegments(events, message, context) : [unmapped(message, context)];
}

/** Says whose message it is, and nothing about them: no mapping vouches for what such a PID means. */
function unmapped(message: Message, context: MappingContext, reason?: string): MappedEvent {
  const draft = new Draft(message, context);
  if (reason !== undefined) draft.warn(reason);
  const { occurredAt } = eventTimes(message, draft.times, false);
  const parts = { type: 'message.unmapped', occurredAt, mapping: { name: 'unmapped', version: 1 } };
  const pid = message.first('PID');
  if (pid === undefined) return eventOf(draft, parts);
  const numbers = patientNumbers(pid, draft);
  return eventOf(draft, { ...parts, subject: numbers.subject, identity: identityOf(pid, numbers, draft) });
}
