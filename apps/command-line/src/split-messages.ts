import { createReadStream } from 'node:fs';
import { MessageSplitter, type StreamPiece } from '@anamnesis/hl7v2';

/** Larger ones are sent nowhere: no listener takes them. */
const messageBytesMax = 72 * 1024 * 1024;
const [carriageReturn, lineFeed] = [0x0d, 0x0a];

/**
 * The messages of a file: one or many, with or without MLLP framing, batch headers or a byte order mark. Splits at every
 * segment that starts `MSH` (HL7 v2.9 §2.10.3 files often have no batch header), makes every line end a carriage return,
 * and changes nothing else.
 */
export function splitMessages(file: Uint8Array): Uint8Array[] {
  const splitter = new MessageSplitter(Number.MAX_SAFE_INTEGER);
  return [...splitter.push(file), ...splitter.end()].flatMap(messageIn);
}

/** The same of a file of any size, one message at a time; `onRead` hears how many bytes have been read so far. */
export async function* readMessages(path: string, onRead: (bytes: number) => void = () => undefined) {
  const splitter = new MessageSplitter(messageBytesMax);
  let readBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    onRead((readBytes += chunk.length));
    yield* splitter.push(chunk).flatMap(messageIn);
  }
  yield* splitter.end().flatMap(messageIn);
}

function messageIn(piece: StreamPiece): Uint8Array[] {
  return piece.kind === 'message' ? [withCarriageReturns(piece.bytes)] : [];
}

/** Ends every line with one, the last one too, and drops empty lines. */
function withCarriageReturns(message: Uint8Array): Uint8Array {
  const kept = new Uint8Array(message.length + 1);
  let size = 0;
  for (const byte of message) {
    const isEnd = byte === carriageReturn || byte === lineFeed;
    if (!isEnd) kept[size++] = byte;
    else if (size > 0 && kept[size - 1] !== carriageReturn) kept[size++] = carriageReturn;
  }
  if (size > 0 && kept[size - 1] !== carriageReturn) kept[size++] = carriageReturn;
  return kept.subarray(0, size);
}
