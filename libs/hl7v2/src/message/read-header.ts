import type { MessageHeader } from './message.js';

/** The MSH as far as it can be read, to answer what does not parse or the head of an oversized block. Never throws. */
export function readHeader(_bytes: Uint8Array): MessageHeader | undefined {
  return undefined;
}
