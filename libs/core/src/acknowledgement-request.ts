import { type Fields, fieldsOf, integerOf, textOf } from './parse-fields.js';

/** What the sender of a message is owed by MSH-16, as its adapter says it to registration, which knows when and what. */
export interface AcknowledgementRequest {
  /** Of the message: the answer waits until each of them is decided. */
  readonly events: number;
  /** MSH as received, base64: what an answer needs to speak as the sender does. Nothing of a patient is in it. */
  readonly msh: string;
}

/** A negative application acknowledgement that is ready to be sent, its bytes beside it on `intake.refused`. */
export interface RefusedAcknowledgement {
  readonly code: 'AE' | 'AR';
  /** Our MSH-10. */
  readonly controlId: string;
}

/** Of one message. */
const eventsMax = 10_000;

/** Undefined where none is asked for, or what stands there cannot be read: an answer less, never a message. */
export function acknowledgementRequestOf(resources: Fields): AcknowledgementRequest | undefined {
  if (resources['acknowledge'] === undefined) return undefined;
  const fields = fieldsOf(resources['acknowledge'], 'acknowledge');
  const events = integerOf(fields, 'events');
  return events < 1 || events > eventsMax ? undefined : { events, msh: textOf(fields, 'msh') };
}
