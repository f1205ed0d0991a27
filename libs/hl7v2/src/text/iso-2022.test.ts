import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '../message/parse-message.js';
import { decodeText, encodeText } from './text-codec.js';

const ascii = '\x1b(B';
const message = (declared: string, fields: string): Buffer =>
  Buffer.from(`MSH|^~\\&|A|B|||||ADT^A01|1|P|2.5||||||${declared}\rPID|1||7||${fields}|next\rPV1|1|I\r`, 'latin1');

describe('Japanese in ISO 2022', () => {
  it('reads ideographs, katakana and Roman letters between ASCII delimiters', () => {
    // 0x46 0x7C is U+65E5 and 0x4B 0x5C U+672C: both look like delimiters.
    const name = `\x1b$BF|K\\${ascii}^\x1b(I1${ascii}^\x1b(J\\${ascii}`;
    const parsed = parseMessage(message('~ISO IR87', name));
    expect(parsed.charset).toEqual({ declared: '~ISO IR87', name: 'iso-2022-jp', origin: 'declared', warnings: [] });
    const pid = parsed.first('PID');
    expect([1, 2, 3].map((n) => pid?.field(5).text(n))).toEqual(['\u65E5\u672C', '\uFF71', '\u00A5']);
    expect(pid?.field(6).text()).toBe('next');
    expect(Buffer.from(pid?.field(5).bytes ?? []).toString('latin1')).toBe(name);
    expect(parsed.warnings).toEqual([]);
  });

  it.each(['ISO IR87', 'ISOIR87', '~ISOIR87', 'ASCII~ISO IR14~ISO IR87', 'ISO IR6~ISO IR159'])(
    'switches under %s',
    (declared) => {
      expect(
        parseMessage(message(declared, `\x1b$BF|${ascii}`))
          .first('PID')
          ?.field(5)
          .text(),
      ).toBe('\u65E5');
    },
  );

  it('starts every line in ASCII, also when the sender forgot to switch back', () => {
    const parsed = parseMessage(message('~ISO IR87', '\x1b$BF|'));
    expect(parsed.first('PV1')?.field(2).text()).toBe('I');
  });

  it('reads JIS X 0212 and 8-bit katakana', () => {
    expect(decodeText(Buffer.from(`\x1b$(D0!${ascii}`, 'latin1'), 'iso-2022-jp')).toBe('\u4E02');
    expect(decodeText(Uint8Array.from([0x41, 0xb1]), 'iso-2022-jp')).toBe('A\uFF71');
  });

  it('reads a set it does not know as nothing and finds the next field', () => {
    const pid = parseMessage(message('~ISO IR87', 'a\x1b-Zb')).first('PID');
    expect([pid?.field(5).text(), pid?.field(5).isUndecodable, pid?.field(6).text()]).toEqual(['', true, 'next']);
  });

  it('reads UTF-8 when no sequence switches', () => {
    const bytes = Buffer.concat([message('~ISO IR87', ''), Buffer.from('ZZZ|\u65E5\r')]);
    expect(parseMessage(bytes).first('ZZZ')?.field(1).text()).toBe('\u65E5');
  });

  it('writes what it reads', () => {
    const text = 'A\u65E5\u672C\uFF71\u00A5\u4E02 B';
    const bytes = encodeText(text, 'iso-2022-jp');
    expect(Buffer.from(bytes ?? []).every((byte) => byte < 0x80)).toBe(true);
    expect(decodeText(bytes ?? new Uint8Array(0), 'iso-2022-jp')).toBe(text);
    expect(
      Buffer.from(bytes ?? [])
        .toString('latin1')
        .startsWith('A\x1b$BF|K\\'),
    ).toBe(true);
  });
});
