import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMessage } from './encode/encode-message.js';
import { MessageError } from './message/message-error.js';
import type { Message } from './message/message.js';
import { parseMessage } from './message/parse-message.js';
import { readHeader } from './message/read-header.js';
import { splitBatch } from './message/split-batch.js';
import { encodeFrame } from './mllp/encode-frame.js';
import { FrameDecoder } from './mllp/frame-decoder.js';

const folder = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'hl7v2');
const isThere = existsSync(folder);
if (!isThere) console.warn(`SKIPPED: no corpus at ${folder} (CORPUS_DIR): messages of other systems were not read`);

function files(): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.hl7$/i.test(name)).map((name) => join(folder, name));
}

/** Files with MLLP bytes in them go through the frame codec, the rest are cut at every MSH. */
function messagesOf(file: string): readonly Uint8Array[] {
  const bytes = readFileSync(file);
  const decoder = new FrameDecoder({ frameBytesMax: 64 * 1024 * 1024 });
  const frames = decoder.push(bytes).flatMap((event) => (event.kind === 'frame' ? [event.bytes] : []));
  return (frames.length > 0 ? frames : [bytes]).flatMap((one) => {
    const { messages } = splitBatch(one);
    return messages.length > 0 ? messages : [one];
  });
}

/** Segments end with CR; blank lines and space before a segment are gone: what encoding may change, and no more. */
function normalised(bytes: Uint8Array): string {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/^[\0- ]+/, ''));
  return `${lines.filter((line) => line !== '').join('\r')}\r`;
}

function touchEverything(message: Message): number {
  let length = 0;
  for (const segment of message.segments) {
    for (let n = 1; n <= segment.fieldCount; n++) {
      const field = segment.field(n);
      for (const one of field.repetitions) length += one.text().length + one.formatted.length;
      if (field.formatted.includes('\uFFFD')) length += 1;
    }
  }
  return length;
}

(isThere ? describe : describe.skip)('messages of other systems', () => {
  it('are read or refused with a reason, and come back byte for byte', () => {
    const refused = new Map<string, number>();
    let read = 0;
    for (const bytes of files().flatMap(messagesOf)) {
      readHeader(bytes);
      try {
        const message = parseMessage(bytes);
        touchEverything(message);
        const again = Buffer.from(encodeMessage(message)).toString('latin1');
        const isJoined = message.warnings.some(({ code }) => code === 'line-joined');
        // A line break inside a field stays what it was; elsewhere CR takes its place.
        const compare = (text: string): string => (isJoined ? text.replace(/[\0- ]*[\r\n]+[\0- ]*/g, '\r') : text);
        expect(compare(again)).toBe(compare(normalised(bytes)));
        read++;
      } catch (error) {
        if (!(error instanceof MessageError)) throw error;
        const { code, location, text } = error.condition;
        const reason = `${code} ${location?.segment ?? ''}-${location?.field ?? ''} ${text}`;
        refused.set(reason, (refused.get(reason) ?? 0) + 1);
      }
    }
    console.info(`read ${read}, refused ${JSON.stringify(Object.fromEntries(refused), undefined, 1)}`);
    expect(read).toBeGreaterThan(3000);
  });

  it('survive the wire', () => {
    for (const file of files()) {
      const decoder = new FrameDecoder({ frameBytesMax: 64 * 1024 * 1024 });
      for (const bytes of messagesOf(file)) {
        if (Buffer.from(bytes).includes(0x1c)) continue;
        const [event, ...others] = decoder.push(encodeFrame(bytes));
        expect(others).toEqual([]);
        expect(event?.kind === 'frame' && Buffer.from(event.bytes).subarray(0, bytes.length).equals(bytes)).toBe(true);
      }
    }
  });
});
