const [startBlock, endBlock, carriageReturn, lineFeed] = [0x0b, 0x1c, 0x0d, 0x0a];
const segmentStart = Buffer.from('MSH');

/**
 * The messages of a file: one or many, with or without MLLP framing, batch headers or a byte order mark. Splits at every
 * segment that starts `MSH` (HL7 v2.9 §2.10.3 files often have no batch header), makes every line end a carriage return,
 * and changes nothing else.
 */
export function splitMessages(file: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[][] = [];
  for (const line of linesOf(Buffer.from(file.buffer, file.byteOffset, file.length))) {
    if (line.subarray(0, 3).equals(segmentStart)) messages.push([]);
    // Batch and file headers before a message, and their trailers after it, are not part of one.
    const isEnvelope = /^[FB](HS|TS)/.test(line.subarray(0, 3).toString('latin1'));
    if (line.length > 0 && !isEnvelope) messages.at(-1)?.push(line, Uint8Array.of(carriageReturn));
  }
  return messages.map((parts) => Buffer.concat(parts));
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at];
    const isEnd = byte === undefined || [startBlock, endBlock, carriageReturn, lineFeed].includes(byte);
    if (!isEnd) continue;
    lines.push(withoutMark(bytes.subarray(start, at)));
    start = at + 1;
  }
  return lines;
}

function withoutMark(line: Buffer): Buffer {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}
