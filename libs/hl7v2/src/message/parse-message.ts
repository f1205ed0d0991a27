import type { Message } from './message.js';

export interface ParseOptions {
  /** The source's configured set, a name as in MSH-18 or an IANA name. */
  readonly charsetDefault?: string;
  /** `force`: `charsetDefault` whatever MSH-18 says. `declared` (the default) and `default` follow MSH-18 first. */
  readonly charsetPolicy?: 'declared' | 'force' | 'default';
  /** The bytes are only the head of a message: the last line may be cut and is left out unless it is the MSH. */
  readonly truncatedHead?: boolean;
}

/** Throws `MessageError` when the bytes cannot be read as one message. */
export function parseMessage(_bytes: Uint8Array, _options: ParseOptions = {}): Message {
  throw new Error('under construction');
}
