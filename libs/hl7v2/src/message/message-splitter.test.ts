import { describe, expect, it } from '@jest/globals';
import { admission, result } from '../sample-messages.js';
import { MessageSplitter, type StreamPiece } from './message-splitter.js';

const shown = (piece: StreamPiece): string => {
  switch (piece.kind) {
    case 'message':
      return Buffer.from(piece.bytes).toString('latin1');
    case 'mark':
      return `${piece.mark} ${Buffer.from(piece.line).toString()}`;
    case 'too-large':
    case 'skipped':
      return `${piece.kind} ${piece.sizeBytes}`;
  }
};

function split(text: string, { chunkBytes = Infinity, bytesMax = 1 << 20 } = {}): readonly string[] {
  const splitter = new MessageSplitter(bytesMax);
  const bytes = Buffer.from(text, 'latin1');
  const pieces: StreamPiece[] = [];
  const chunk = Buffer.alloc(Math.min(chunkBytes, bytes.length));
  for (let at = 0; at < bytes.length; at += chunk.length) {
    const size = bytes.copy(chunk, 0, at);
    pieces.push(...splitter.push(chunk.subarray(0, size)));
  }
  return [...pieces, ...splitter.end()].map(shown);
}

describe('message splitter', () => {
  const file = `\u00ef\u00bb\u00bfFHS|^~\\&|A\r\nBHS|^~\\&|B\r${admission}${result}BTS|2\rFTS|1\r`;

  it('finds the messages and marks of a file however it is cut', () => {
    const whole = ['FHS FHS|^~\\&|A', 'BHS BHS|^~\\&|B', admission, result, 'BTS BTS|2', 'FTS FTS|1'];
    expect(split(file)).toEqual(whole);
    for (let chunkBytes = 1; chunkBytes < 40; chunkBytes++) expect(split(file, { chunkBytes })).toEqual(whole);
  });

  it('keeps the bytes of a message, line ends included, and takes off the framing of a captured stream', () => {
    const crlf = admission.replaceAll('\r', '\r\n');
    expect(split(`${crlf}${result}`)).toEqual([crlf, result]);
    expect(split(`\u000b${admission}\u001c\r\u000b${result}\u001c\r`)).toEqual([admission, result]);
    expect(split(`\u000b${admission.slice(0, -1)}\u001c\r${result.slice(0, -1)}`)).toEqual([
      admission.slice(0, -1),
      result.slice(0, -1),
    ]);
  });

  it('does the same with a line as long as a document, however it is cut', () => {
    const long = `${admission}OBX|1|ED|||${'x'.repeat(300_000)}\r`;
    const marks = `MSH|^~\\&|${'y'.repeat(300_000)}\r`;
    for (const chunkBytes of [1000, 65_536, 299_990, Infinity]) {
      const options = { chunkBytes };
      expect(split(`\u000b${long}\u001c\r${result}`, options)).toEqual([long, result]);
      expect(split(`\u000b${long.slice(0, -1)}\u001c\r${result}`, options)).toEqual([long.slice(0, -1), result]);
      expect(split(`\u00ef\u00bb\u00bf${marks}${long}`, options)).toEqual([marks, long]);
      expect(split(`z${marks}${result}`, options)).toEqual([`skipped ${marks.length}`, result]);
    }
  });

  it('says how much belongs to nothing', () => {
    expect(split(`hello\r${admission}`)).toEqual(['skipped 5', admission]);
    expect(split('\r\n \nMSHX no segment')).toEqual(['skipped 13']);
    expect(split('')).toEqual([]);
  });

  it('holds no more of a message than it may, and goes on with the next', () => {
    const long = `${admission}OBX|1|ED|||${'x'.repeat(50_000)}\r`;
    expect(split(`${long}${result}`, { bytesMax: 10_000, chunkBytes: 999 })).toEqual([
      `too-large ${long.length}`,
      result,
    ]);
    expect(split(`MSH|${'x'.repeat(50_000)}`, { bytesMax: 10_000, chunkBytes: 999 })).toEqual(['too-large 50004']);
  });
});
