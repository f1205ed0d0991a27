import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeMessage } from './encode/encode-message.js';
import { buildSegment } from './encode/build-segment.js';
import { encodingCharacters, type Delimiters } from './message/delimiters.js';
import type { Message } from './message/message.js';
import { parseMessage } from './message/parse-message.js';
import { encodeFrame } from './mllp/encode-frame.js';
import { type FrameEvent, FrameDecoder } from './mllp/frame-decoder.js';
import { encodeText } from './text/text-codec.js';

const limit = 256;
const head = (declared = '', controlId = '1'): string =>
  `MSH|^~\\&|A|B|||||ADT^A01|${controlId}|P|2.5||||||${declared}`;
const name = (message: Message): string => message.first('PID')?.field(5).text() ?? '';
const codes = (message: Message): readonly string[] => message.warnings.map(({ code }) => code);
const bytesOf = (declared: string, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${head(declared)}\rPID|1||7||`), value, Buffer.from('|x\r')]);

function framesOf(events: readonly FrameEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'frame' ? [Buffer.from(event.bytes).toString('latin1')] : []));
}

/** Text that means the same to a reader of any of the delimiters below. */
const plain = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ 019.-')), minLength: 1, maxLength: 12 });
const anyBytes = fc.uint8Array({ maxLength: limit * 2 });

describe('rules of the wire, for anything sent', () => {
  it('F2: bytes outside of blocks are counted, and are never part of one', () => {
    const noise = anyBytes.map((bytes) => bytes.filter((byte) => byte !== 0x0b));
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, plain), { minLength: 1, maxLength: 5 }), (parts) => {
        const decoder = new FrameDecoder({ frameBytesMax: limit });
        const stream = parts.flatMap(([skipped, text]) => [skipped, encodeFrame(Buffer.from(`${text}\r`))]);
        expect(framesOf(decoder.push(Buffer.concat(stream)))).toEqual(parts.map(([, text]) => `${text}\r`));
        expect(decoder.noiseBytes).toBe(parts.reduce((sum, [skipped]) => sum + skipped.length, 0));
      }),
    );
  });

  it('F3: CR, LF and CRLF between segments read the same, with or without one at the end, and leave as CR', () => {
    const line = fc.tuple(fc.constantFrom('PID', 'OBX', 'ZZ1'), plain, fc.constantFrom('\r', '\n', '\r\n'));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.boolean(), (lines, isEnded) => {
        const sent = `${head()}\n${lines.map(([segment, text, end]) => `${segment}|${text}${end}`).join('')}`;
        const message = parseMessage(Buffer.from(isEnded ? sent : sent.trimEnd()));
        expect(message.segments.slice(1).map((one) => [one.name, one.field(1).text()])).toEqual(
          lines.map(([segment, text], at) => [segment, isEnded || at < lines.length - 1 ? text : text.trimEnd()]),
        );
        expect(Buffer.from(encodeMessage(message)).toString()).not.toContain('\n');
      }),
    );
  });

  it('F4, F6: a bad or oversized block between two good ones loses neither, and memory stays under the limit', () => {
    const bad = anyBytes.filter((bytes) => !Buffer.from(bytes).includes('\x1c\r') && bytes.at(-1) !== 0x1c);
    fc.assert(
      fc.property(bad, fc.integer({ min: 1, max: 64 }), (bytes, size) => {
        const decoder = new FrameDecoder({ frameBytesMax: limit });
        const good = [head('', 'A'), head('', 'B')].map((text) => Buffer.from(`${text}\r`));
        const [before, after] = good.map((one) => encodeFrame(one));
        const stream = Buffer.concat([before ?? bytes, encodeFrame(bytes), after ?? bytes]);
        const events: FrameEvent[] = [];
        for (let at = 0; at < stream.length; at += size) {
          events.push(...decoder.push(stream.subarray(at, at + size)));
          expect(decoder.bufferedBytes).toBeLessThanOrEqual(limit + 1);
        }
        expect(events.map(({ kind }) => kind)).toEqual([
          'frame',
          bytes.length + (bytes.at(-1) === 0x0d ? 0 : 1) > limit ? 'too-large' : 'frame',
          'frame',
        ]);
        const frames = framesOf(events);
        expect([frames[0], frames.at(-1)]).toEqual(good.map((one) => one.toString()));
      }),
    );
  });

  it('C1: whatever delimiters MSH declares are the ones that separate', () => {
    const signs = fc.shuffledSubarray(Array.from('|^~\\&#*!%$@:;?'), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(signs, fc.array(plain, { minLength: 2, maxLength: 4 }), (chosen, parts) => {
        const [field = '', component = '', repetition = '', escape = '', subcomponent = ''] = chosen;
        const delimiters: Delimiters = { field, component, repetition, escape, subcomponent, truncation: undefined };
        const segment = buildSegment(delimiters, 'PID', ['', { repetitions: [[parts], ['x', parts[0] ?? '']] }]);
        const sent = `MSH${field}${encodingCharacters(delimiters)}${field}A\r${segment}\r`;
        const read = parseMessage(Buffer.from(sent)).first('PID')?.field(2).repetitions ?? [];
        expect(parts.map((_, at) => read[0]?.component(1).sub(at + 1))).toEqual(parts);
        expect([read[1]?.text(1), read[1]?.text(2)]).toEqual(['x', parts[0]]);
      }),
    );
  });

  const alphabets = [
    ['UNICODE UTF-8', 'utf-8', 'a\u00E9\u65E5\u{20000}\u0645'],
    ['8859/1', 'iso-8859-1', 'a\u00E9\u00FC\u00DF'],
    ['8859/5', 'iso-8859-5', 'a\u0418\u0412'],
    ['windows-1256', 'windows-1256', 'a\u0645\u062D\u067E'],
    ['GB 18030-2000', 'gb18030', 'a\u5F20\u4E57\u4E5B\u4E85\u4E8A'],
    ['BIG-5', 'big5', 'a\u4E48\u4E5E\u541C\u4E98'],
    ['CNS 11643-1992', 'euc-tw', 'a\u4E00\u4E42'],
    ['KS X 1001', 'euc-kr', 'a\uD64D'],
    ['Shift_JIS', 'shift_jis', 'a\u4E88\u4E0E\u5012\u514A\uFF71'],
    ['~ISO IR87', 'iso-2022-jp', 'a\u65E5\u672C\u4E02'],
  ] as const;

  it.each(alphabets)(
    'C3, C7: any text declared as %s is read, and its bytes come back',
    (declared, charset, letters) => {
      const text = fc.string({ unit: fc.constantFrom(...Array.from(letters)), minLength: 1, maxLength: 20 });
      fc.assert(
        fc.property(text, fc.boolean(), (one, hasMark) => {
          const bytes = bytesOf(declared, encodeText(one, charset) ?? new Uint8Array(0));
          const message = parseMessage(hasMark ? Buffer.concat([Buffer.from('\uFEFF'), bytes]) : bytes);
          expect([name(message), message.first('PID')?.field(6).text()]).toEqual([one, 'x']);
          expect(Buffer.from(encodeMessage(message))).toEqual(bytes);
        }),
      );
    },
  );

  it('C4: what nothing declares is UTF-8 where it can be, else the default of the source, else nothing; all is said', () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 0xc0, max: 0xff, minLength: 1, maxLength: 12 }), (value) => {
        // No two of these bytes are UTF-8.
        const bytes = bytesOf('', value);
        const alone = parseMessage(bytes);
        expect([name(alone), codes(alone)]).toEqual(['', ['charset-undetermined', 'undecodable']]);
        const latin = Buffer.from(value).toString('latin1');
        const guessed = parseMessage(bytes, { charsetDefault: '8859/1' });
        expect([name(guessed), codes(guessed)]).toEqual([latin, ['charset-guessed']]);
        const chosen = parseMessage(bytes, { charsetDefault: '8859/1', charsetPolicy: 'default' });
        expect([name(chosen), codes(chosen)]).toEqual([latin, []]);
        const forced = parseMessage(bytesOf('UNICODE UTF-8', value), {
          charsetDefault: '8859/1',
          charsetPolicy: 'force',
        });
        expect(name(forced)).toBe(latin);
      }),
    );
  });

  it('C5: no bytes make a replacement character of ours, and what reads as nothing is flagged and kept', () => {
    const content = anyBytes.map((bytes) =>
      bytes.filter((byte) => byte > 0x1b && !Array.from(Buffer.from('|^~\\&')).includes(byte)),
    );
    const charset = fc.constantFrom(...alphabets.filter(([, set]) => set !== 'gb18030').map(([declared]) => declared));
    fc.assert(
      fc.property(content, charset, (bytes, declared) => {
        const message = parseMessage(bytesOf(declared, bytes));
        const field = message.first('PID')?.field(5);
        fc.pre(!Buffer.from(bytes).includes('\uFFFD'));
        expect(name(message)).not.toContain('\uFFFD');
        const isUndecodable = field?.isUndecodable ?? false;
        if (isUndecodable) expect([name(message), codes(message).includes('undecodable')]).toEqual(['', true]);
        expect(Buffer.from(encodeMessage(message))).toEqual(bytesOf(declared, bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('C6: text that was read in the wrong set before is suspected, and left as it came', () => {
    const text = fc.string({
      unit: fc.constantFrom('\u00E9', '\u00FC', '\u00C4', '\u00DF'),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, (one) => {
        const twice = Buffer.from(one).toString('latin1');
        const again = parseMessage(bytesOf('UNICODE UTF-8', Buffer.from(twice)));
        expect([name(again), codes(again)]).toEqual([twice, expect.arrayContaining(['mojibake-suspected'])]);
        const wrong = parseMessage(bytesOf('8859/1', Buffer.from(one)));
        expect(codes(wrong)).toContain('mojibake-suspected');
        expect(codes(parseMessage(bytesOf('UNICODE UTF-8', Buffer.from(one))))).toEqual([]);
      }),
    );
  });
});
