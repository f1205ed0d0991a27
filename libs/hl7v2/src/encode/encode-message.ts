import type { Message } from '../message/message.js';

/** The message again from its raw fields, segments ended by CR: for valid HL7 exactly the bytes received. */
export function encodeMessage(message: Message): Uint8Array {
  return message.bytes;
}
