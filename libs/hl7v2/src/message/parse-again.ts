import { MessageError } from './message-error.js';
import type { Detached, Message } from './message.js';
import { parseMessage, type ParseOptions } from './parse-message.js';

/**
 * Stored bytes in the character set that they were read in at intake, without the values that are stored elsewhere;
 * undefined where this version does not read them so.
 */
export function parseAgain(
  bytes: Uint8Array,
  { charset, detached = [] }: { readonly charset: string; readonly detached?: readonly Detached[] },
): Message | undefined {
  const read = (options: ParseOptions = {}) => {
    const message = parseMessage(bytes, { ...options, detached });
    return message.charset.name === charset ? message : undefined;
  };
  try {
    return read() ?? read({ charsetDefault: charset, charsetPolicy: 'force' });
  } catch (problem) {
    // A name that is no set of ours, or a message that this version does not read.
    if (problem instanceof MessageError || problem instanceof RangeError) return undefined;
    throw problem;
  }
}
