import { checkSubject, type Message } from '@anamnesis/hl7v2';
import type { Refusal } from './outcome.js';

/** What every message must have to become an event: a control id, and a subject where one belongs. */
export function admitContent(message: Message): Refusal | undefined {
  const condition = checkSubject(message);
  return condition && { kind: 'error', condition };
}
