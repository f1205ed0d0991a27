import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standardDelimiters } from '../message/delimiters.js';
import { MessageError } from '../message/message-error.js';
import type { Segment } from '../message/message.js';
import { parseMessage } from '../message/parse-message.js';
import { samples } from '../sample-messages.js';
import { buildSegment } from './build-segment.js';
import { encodeMessage } from './encode-message.js';

const again = (bytes: Uint8Array): Buffer => Buffer.from(encodeMessage(parseMessage(bytes)));

describe('encode message', () => {
  it('gives valid messages back byte for byte', () => {
    for (const sample of samples) expect(again(Buffer.from(sample)).toString()).toBe(sample);
    const undecodable = Buffer.from(
      'MSH|^~\\&|A|||||||||||||||8859/1\rZZZ|\xff\x81\x80^~&\\\\|||\rPID\rZZ1|\r',
      'latin1',
    );
    expect(again(undecodable)).toEqual(undecodable);
  });

  it('ends segments by CR and leaves blank lines, marks and leading space out', () => {
    for (const sample of samples) {
      expect(again(Buffer.from(`\uFEFF\n ${sample.replaceAll('\r', '\r\n\n')}`)).toString()).toBe(sample);
      expect(again(Buffer.from(sample.slice(0, -1))).toString()).toBe(sample);
    }
  });

  it('keeps a line break inside a field', () => {
    const text = 'MSH|^~\\&|A\rNTE|1||one\ntwo words|x\r';
    expect(again(Buffer.from(text)).toString()).toBe(text);
  });

  it('keeps what follows a bare name, since no byte is dropped', () => {
    const text = 'MSH|^~\\&|A\rMRG\n|||7|x\r';
    expect(again(Buffer.from(text)).toString()).toBe(text);
    expect(parseMessage(Buffer.from(text)).first('MRG')?.field(3).text()).toBe('7');
  });

  it('gives any segments of any bytes back', () => {
    const content = fc
      .uint8Array({ maxLength: 30 })
      .map((bytes) => bytes.filter((byte) => byte !== 0x0d && byte !== 0x0a));
    const segment = fc.tuple(fc.constantFrom('PID', 'OBX', 'Z99'), content);
    const charset = fc.constantFrom('', '8859/1', 'UNICODE UTF-8', 'Shift_JIS', 'GB 18030-2000', '~ISO IR87');
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), charset, (segments, declared) => {
        const head = Buffer.from(`MSH|^~\\&|A|||||||||||||||${declared}\r`);
        const parts = segments.map(([name, bytes]) =>
          Buffer.concat([Buffer.from(`${name}|`), bytes, Buffer.from('\r')]),
        );
        const whole = Buffer.concat([head, ...parts]);
        expect(again(whole)).toEqual(whole);
        for (const one of parseMessage(whole).segments) expect(joined(one)).toEqual(Buffer.from(one.bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('meets damage with a message or a MessageError, and every view with a text', () => {
    const damage = fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 255 })), { maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...samples), damage, (sample, hits) => {
        const bytes = Buffer.from(sample);
        for (const [at, byte] of hits) bytes[at % bytes.length] = byte;
        expect(() => {
          readEverything(bytes);
        }).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

/** The segment from its fields; MSH-1 is itself the separator before MSH-2. */
function joined(segment: Segment): Buffer {
  const fields = Array.from({ length: segment.fieldCount }, (_, n) => Buffer.from(segment.field(n + 1).bytes));
  const separators = fields.map((_, n) => Buffer.from(segment.name === 'MSH' && n < 2 ? '' : '|'));
  return Buffer.concat([Buffer.from(segment.name), ...fields.flatMap((field, n) => [separators[n] ?? field, field])]);
}

function readEverything(bytes: Uint8Array): void {
  try {
    const message = parseMessage(bytes);
    const texts = message.segments.flatMap((segment) => {
      const fields = Array.from({ length: segment.fieldCount }, (_, n) => segment.field(n + 1));
      return fields.flatMap((field) => [
        field.formatted,
        ...field.repetitions.flatMap((one) => [one.formatted, one.component(1).text, one.component(9).sub(2)]),
      ]);
    });
    if (texts.some((text) => text.includes('\uFFFD'))) throw new Error('made a replacement character');
    if (message.warnings.length > 100) throw new Error('too many warnings');
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
  }
}

describe('build segment', () => {
  const build = (name: string, fields: Parameters<typeof buildSegment>[2]): string =>
    buildSegment(standardDelimiters, name, fields);

  it('writes fields, components, subcomponents and repetitions, escaped', () => {
    expect(build('PID', ['1', '', { repetitions: [['47|11', '', '', ['N&S', '1.2', 'ISO']], 'x~y'] }])).toBe(
      'PID|1||47\\F\\11^^^N\\T\\S&1.2&ISO~x\\R\\y',
    );
  });

  it('leaves empty parts at the end out', () => {
    expect(build('PID', ['1', ['a', '', ['', '']], '', ''])).toBe('PID|1|a');
    expect(build('PID', [])).toBe('PID');
  });

  it('writes a null as it is', () => {
    expect(build('PID', ['""'])).toBe('PID|""');
  });

  it('begins MSH with its delimiters', () => {
    expect(build('MSH', ['A'])).toBe('MSH|^~\\&|A');
    expect(buildSegment({ ...standardDelimiters, truncation: '#' }, 'MSH', ['A#'])).toBe('MSH|^~\\&#|A\\P\\');
  });

  it('is read back as it was written', () => {
    const text = fc
      .string({ unit: fc.constantFrom(...Array.from('ab|^&~\\\r\n\u00E9')), minLength: 1 })
      .filter((one) => one !== '""');
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (pairs) => {
        const segment = build('ZZZ', [{ repetitions: pairs.map(([a, b]) => [a, ['x', b]]) }]);
        const field = parseMessage(Buffer.from(`MSH|^~\\&|A|||||||||||||||UTF-8\r${segment}\r`))
          .first('ZZZ')
          ?.field(1);
        expect(field?.repetitions.map((one) => [one.text(), one.text(2, 2)])).toEqual(pairs);
      }),
    );
  });
});
