import { MessageError } from './message-error.js';
import type { Message } from './message.js';
import { parseMessage, type ParseOptions } from './parse-message.js';

/** Stored bytes in the character set that they were read in at intake; undefined where this version does not read them so. */
export function parseAgain(bytes: Uint8Array, charset: string): Message | undefined {
  const read = (options: ParseOptions = {}) => {
    const message = parseMessage(bytes, options);
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
