import type { SourceFact } from '@anamnesis/core';
import { canonicalCharset, type Message, MessageError, parseMessage, type ParseOptions } from '@anamnesis/hl7v2';
import type { Peer } from '../mllp/block.js';

/** A set that the transport names outranks MSH-18. */
export function optionsOf({ charset }: Peer): ParseOptions {
  return charset === undefined ? {} : { charsetDefault: charset, charsetPolicy: 'force' };
}

/** What makes the whole unreadable is a result like another. */
export function readMessage(bytes: Uint8Array, options: ParseOptions = {}): Message | MessageError {
  try {
    return parseMessage(bytes, options);
  } catch (problem) {
    if (problem instanceof MessageError) return problem;
    throw problem;
  }
}

/** The source's own character set counts where the message does not say one, and under `force` always (C4). */
export function readingOf(source: SourceFact, message: Message): ParseOptions {
  const { charset, charsetPolicy = 'declared' } = source;
  if (charset === undefined || (message.charset.origin === 'declared' && charsetPolicy !== 'force')) return {};
  // A name that is no set we can read is as good as none: it must not stop the source.
  return canonicalCharset(charset) === undefined ? {} : { charsetDefault: charset, charsetPolicy };
}

/** What its own set makes unreadable is read as it says itself, and what means nothing is flagged. */
export function readAgain(message: Message, reading: ParseOptions): Message {
  if (reading.charsetDefault === undefined) return message;
  const decoded = readMessage(message.bytes, { ...reading, detached: message.detached });
  return decoded instanceof MessageError ? message : decoded;
}
