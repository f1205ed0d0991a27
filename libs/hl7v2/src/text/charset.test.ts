import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import type { Message } from '../message/message.js';
import { parseMessage, type ParseOptions } from '../message/parse-message.js';
import { canonicalCharset } from './canonical-charset.js';
import { decodeText, encodeText } from './text-codec.js';

const head = (declared: string): string => `MSH|^~\\&|A|B|||||ADT^A01|1|P|2.5||||||${declared}\r`;
const raw = (text: string): Buffer => Buffer.from(text, 'latin1');

function read(declared: string, name: Uint8Array, options?: ParseOptions): Message {
  return parseMessage(Buffer.concat([raw(`${head(declared)}PID|1||7||`), name, raw('^EVE|next\r')]), options);
}

function nameIn(message: Message): readonly [string, string, string] {
  const pid = message.first('PID');
  return [pid?.field(5).text(1) ?? '', pid?.field(5).text(2) ?? '', pid?.field(6).text() ?? ''];
}

describe('character sets', () => {
  it.each([
    ['UNICODE UTF-8', 'utf-8'],
    ['UNICODE', 'utf-8'],
    ['UTF-8', 'utf-8'],
    ['utf8', 'utf-8'],
    ['ASCII', 'ascii'],
    ['ISO IR6', 'ascii'],
    ['8859/1', 'iso-8859-1'],
    ['8859/9', 'iso-8859-9'],
    ['8859/15', 'iso-8859-15'],
    ['ISO-8859-2', 'iso-8859-2'],
    ['ISO IR87', 'iso-2022-jp'],
    ['ISOIR87', 'iso-2022-jp'],
    ['ISO IR14', 'iso-2022-jp'],
    ['ISO IR159', 'iso-2022-jp'],
    ['GB 18030-2000', 'gb18030'],
    ['KS X 1001', 'euc-kr'],
    ['BIG-5', 'big5'],
    ['windows-1252', 'windows-1252'],
    ['Shift_JIS', 'shift_jis'],
    ['CNS 11643-1992', 'euc-tw'],
    ['8859/10', 'iso-8859-10'],
    ['8859/14', 'iso-8859-14'],
    ['8859/12', undefined],
    ['ISO IR144', 'iso-8859-5'],
    ['TIS-620', 'iso-8859-11'],
    ['CP1256', 'windows-1256'],
    ['8859', undefined],
    ['nonsense', undefined],
    ['', undefined],
  ])('knows %s as %s', (declared, name) => {
    expect(canonicalCharset(declared)).toBe(name);
  });

  it.each([
    ['8859/1', 'iso-8859-1', 'M\u00DCLLER'],
    ['8859/2', 'iso-8859-2', 'DVO\u0158\u00C1K'],
    ['8859/5', 'iso-8859-5', '\u0418\u0412\u0410\u041D'],
    ['8859/15', 'iso-8859-15', '\u0152UVRE\u20AC'],
    ['UNICODE UTF-8', 'utf-8', '\u65E5\u672C \u00C9'],
    ['GB 18030-2000', 'gb18030', '\u5F20\u4F1F\u{20000}'],
    ['KS X 1001', 'euc-kr', '\uD64D\uAE38\uB3D9'],
    ['BIG-5', 'big5', '\u8A31\u529F\u84CB'],
    ['CNS 11643-1992', 'euc-tw', '\u8A31\u529F\u84CB \u4E42'],
    ['8859/6', 'iso-8859-6', '\u0645\u062D\u0645\u062F'],
    ['8859/11', 'iso-8859-11', '\u0E2A\u0E21'],
    ['Shift_JIS', 'shift_jis', '\u5C71\u7530\uFF71'],
    ['windows-1250', 'windows-1250', 'DVO\u0158\u00C1K'],
    ['windows-1251', 'windows-1251', '\u0418\u0412\u0410\u041D'],
    ['windows-1253', 'windows-1253', '\u0391\u03B8'],
    ['windows-1254', 'windows-1254', '\u0131\u015F'],
    ['windows-1255', 'windows-1255', '\u05D0\u05D1'],
    ['windows-1256', 'windows-1256', '\u0645\u062D\u0645\u062F \u067E\u0686'],
    ['windows-1257', 'windows-1257', '\u0160\u0173'],
    ['windows-1258', 'windows-1258', '\u01A1\u01B0\u0111'],
  ])('reads %s', (declared, name, text) => {
    const message = read(declared, encodeText(text, name) ?? new Uint8Array(0));
    expect(message.charset).toEqual({ declared, name, origin: 'declared', warnings: [] });
    expect(nameIn(message)).toEqual([text, 'EVE', 'next']);
    expect(message.warnings).toEqual([]);
  });

  it('does not take the second byte of a character for a delimiter', () => {
    // Second bytes 0x5C, 0x5E, 0x7C and 0x7E in these sets.
    const cases = [
      ['Shift_JIS', 'shift_jis', '\u4E88\u4E0E\u5012\u514A'],
      ['BIG-5', 'big5', '\u4E48\u4E5E\u541C\u4E98'],
      ['GB 18030-2000', 'gb18030', '\u4E57\u4E5B\u4E85\u4E8A'],
    ] as const;
    for (const [declared, name, text] of cases) {
      const bytes = iconv.encode(text, name);
      expect([...bytes].filter((_, at) => at % 2 === 1)).toEqual([0x5c, 0x5e, 0x7c, 0x7e]);
      const message = read(declared, bytes);
      expect(nameIn(message)).toEqual([text, 'EVE', 'next']);
      expect(Buffer.from(message.first('PID')?.field(5).bytes ?? [])).toEqual(Buffer.concat([bytes, raw('^EVE')]));
    }
  });

  it('finds MSH-18 behind such characters in the MSH', () => {
    for (const [declared, name, facility] of [
      ['Shift_JIS', 'shift_jis', '\u5012'],
      ['BIG-5', 'big5', '\u541C'],
      ['GB 18030-2000', 'gb18030', '\u4E85'],
      ['~ISO IR87', 'iso-2022-jp', '\u65E5'],
    ] as const) {
      const [before = '', after = ''] = head(declared).split('|B|');
      const bytes = encodeText(facility, name) ?? new Uint8Array(0);
      const message = parseMessage(Buffer.concat([raw(`${before}|`), bytes, raw(`|${after}`)]));
      expect([message.charset.name, message.header.sendingFacility.namespaceId]).toEqual([name, facility]);
      expect(message.header.controlId).toBe('1');
    }
  });

  it('takes ASCII for granted when nothing is declared and nothing is beyond it', () => {
    expect(read('', raw('EVERYWOMAN')).charset).toEqual({ declared: '', name: 'ascii', origin: 'ascii', warnings: [] });
  });

  it('guesses strict UTF-8 first, then the default of the source, and says so', () => {
    const utf8 = read('', Buffer.from('M\u00DCLLER'), { charsetDefault: '8859/1' });
    expect(utf8.charset).toMatchObject({ name: 'utf-8', origin: 'utf-8', warnings: ['charset-guessed'] });
    expect(nameIn(utf8)[0]).toBe('M\u00DCLLER');
    const latin = read('ASCII', raw('M\u00DCLLER'), { charsetDefault: '8859/1' });
    expect(latin.charset).toMatchObject({
      name: 'iso-8859-1',
      origin: 'source-default',
      warnings: ['charset-guessed'],
    });
    expect(nameIn(latin)[0]).toBe('M\u00DCLLER');
    expect(latin.warnings.map(({ code }) => code)).toEqual(['charset-guessed']);
  });

  it('does not call it a guess when an operator chose the default', () => {
    const message = read('', raw('M\u00DCLLER'), { charsetDefault: '8859/1', charsetPolicy: 'default' });
    expect(message.charset).toMatchObject({ origin: 'source-default', warnings: [] });
  });

  it('reads nothing rather than a guess when neither fits', () => {
    const message = read('', raw('M\u00DCLLER'));
    expect(message.charset).toMatchObject({ name: 'ascii', origin: 'ascii', warnings: ['charset-undetermined'] });
    expect(nameIn(message)).toEqual(['', 'EVE', 'next']);
    expect(message.first('PID')?.field(5).isUndecodable).toBe(true);
  });

  it('forces the configured set over the declared one', () => {
    const message = read('UNICODE UTF-8', raw('M\u00DCLLER'), { charsetDefault: '8859/1', charsetPolicy: 'force' });
    expect(message.charset).toMatchObject({ declared: 'UNICODE UTF-8', name: 'iso-8859-1', origin: 'source-default' });
    expect(nameIn(message)[0]).toBe('M\u00DCLLER');
  });

  it('treats a default that names no set as a wrong setting', () => {
    expect(() => read('', raw('M\u00DCLLER'), { charsetDefault: 'klingon' })).toThrow(RangeError);
    expect(() => read('', raw('E'), { charsetPolicy: 'force' })).toThrow(RangeError);
  });

  it('falls back on a name nobody knows, and says so', () => {
    const message = read('ISO IR 999', Buffer.from('M\u00DCLLER'));
    expect(message.charset).toMatchObject({ name: 'utf-8', warnings: ['charset-unknown', 'charset-guessed'] });
    expect(nameIn(message)[0]).toBe('M\u00DCLLER');
  });

  it('reads 0x80-0x9F under 8859/1 as windows-1252, and says so', () => {
    const message = read('8859/1', Buffer.from([0x80, 0x93, 0x41, 0x94]));
    expect(message.charset).toMatchObject({ name: 'windows-1252', warnings: ['charset-windows-1252'] });
    expect(nameIn(message)[0]).toBe('\u20AC\u201CA\u201D');
  });

  it('makes no replacement character of a byte that windows-1252 lacks', () => {
    expect(nameIn(read('8859/1', Buffer.from([0x41, 0x81])))[0]).toBe('');
  });

  it('suspects text that was read in the wrong set before, and leaves it', () => {
    const declaredWrong = read('8859/1', Buffer.from('M\u00E9LLER'));
    expect(declaredWrong.charset.warnings).toEqual(['mojibake-suspected']);
    expect(nameIn(declaredWrong)[0]).toBe('M\u00C3\u00A9LLER');
    const twice = Buffer.from(Buffer.from('M\u00E9LLER').toString('latin1'));
    expect(read('UNICODE UTF-8', twice).charset.warnings).toEqual(['mojibake-suspected']);
    expect(read('UNICODE UTF-8', Buffer.from('A\u0085B')).charset.warnings).toEqual(['control-characters']);
    expect(read('UNICODE UTF-8', Buffer.from('A\uFFFDB')).charset.warnings).toEqual(['replacement-character-sent']);
    expect(read('UNICODE UTF-8', Buffer.from('\u00C3\u00A9A')).charset.warnings).toEqual(['mojibake-suspected']);
  });

  it('decodes strictly', () => {
    const wrong: readonly (readonly [string, readonly number[]])[] = [
      ['ascii', [0xe9]],
      ['utf-8', [0xc3]],
      ['utf-8', [0xed, 0xa0, 0x80]],
      ['utf-8', [0xc0, 0xaf]],
      ['windows-1252', [0x81]],
      ['shift_jis', [0x81]],
      ['gb18030', [0x81]],
      ['big5', [0xff]],
      ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x30]],
    ];
    for (const [name, bytes] of wrong)
      expect([name, decodeText(Uint8Array.from(bytes), name)]).toEqual([name, undefined]);
    expect(decodeText(Uint8Array.from([0x84, 0x31, 0xa4, 0x37]), 'gb18030')).toBe('\uFFFD');
    expect(() => decodeText(new Uint8Array(0), 'klingon')).toThrow(RangeError);
  });

  it('reads planes 1 and 2 of CNS 11643 by the table of Big5, and no other plane', () => {
    // First and last ideographs of both planes.
    expect(decodeText(Buffer.from('c4a1fdcb', 'hex'), 'euc-tw')).toBe('\u4E00\u7C72');
    expect(decodeText(Buffer.from('8ea2a1a18ea2f2c4', 'hex'), 'euc-tw')).toBe('\u4E42\u9F98');
    expect(decodeText(Buffer.from('8ea1c4a1', 'hex'), 'euc-tw')).toBe('\u4E00');
    for (const bytes of ['8ea3a1a1', '8ea2a1', 'c4', 'c421', 'ffff', '80'])
      expect(decodeText(Buffer.from(bytes, 'hex'), 'euc-tw')).toBeUndefined();
    expect(encodeText('\uD64D', 'euc-tw')).toBeUndefined();
  });

  it('encodes strictly', () => {
    expect(encodeText('\u65E5', 'iso-8859-1')).toBeUndefined();
    expect(encodeText('\u00E9', 'ascii')).toBeUndefined();
    expect(encodeText('\uD64D', 'big5')).toBeUndefined();
    expect(encodeText('\uD800', 'utf-8')).toBeUndefined();
    expect(encodeText('\u{1F600}', 'iso-2022-jp')).toBeUndefined();
  });

  it('gives back every text that a set can write', () => {
    const text = fc.string({
      unit: fc.constantFrom(
        ...Array.from('aZ|^\\~ \u00E9\u00FC\u20AC\u0159\u0418\u65E5\u8868\u30BD\uFF71\u5F20\uD64D\u{20000}'),
      ),
    });
    const names = [
      'ascii',
      'utf-8',
      'iso-8859-1',
      'iso-8859-15',
      'windows-1252',
      'shift_jis',
      'gb18030',
      'big5',
      'euc-kr',
      'euc-tw',
      'iso-8859-5',
      'windows-1256',
      'iso-2022-jp',
      'iso-2022+iso-8859-1',
    ];
    fc.assert(
      fc.property(text, fc.constantFrom(...names), (one, name) => {
        const bytes = encodeText(one, name);
        if (bytes !== undefined) expect(decodeText(bytes, name)).toBe(one);
      }),
      { numRuns: 1000 },
    );
  });
});
