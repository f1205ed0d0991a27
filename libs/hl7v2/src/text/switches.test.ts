import { describe, expect, it } from '@jest/globals';
import type { Message } from '../message/message.js';
import { parseMessage } from '../message/parse-message.js';
import { decodeText } from './text-codec.js';

/** PID-5 and PID-6 as sent, under MSH-18 and MSH-20. */
function read(sent: string, { charset = '', scheme = '' } = {}): Message {
  const head = `MSH|^~\\&|A|B|||||ADT^A01|1|P|2.5||||||${charset}||${scheme}`;
  return parseMessage(Buffer.from(`${head}\rPID|1||7||${sent}|next\rPV1|1|I\r`, 'latin1'));
}

function name(message: Message): readonly string[] {
  const field = message.first('PID')?.field(5);
  return [1, 2, 3].map((n) => field?.text(n) ?? '');
}

const codes = (message: Message): readonly string[] => message.warnings.map(({ code }) => code);

describe('sets switched by escape sequences of HL7', () => {
  it('reads Japanese between \\M2442\\ and \\C2842\\, and what is around it', () => {
    const message = read('a \\M2442\\;3ED\\C2842\\ b^\\M2442\\F\\F\\K\\E\\\\C2842\\^plain', {
      charset: 'ASCII~ISO IR87',
    });
    expect(name(message)).toEqual(['a \u5C71\u7530 b', '\u65E5\u672C', 'plain']);
    expect(message.first('PID')?.field(6).text()).toBe('next');
    expect(codes(message)).toEqual([]);
  });

  it('reads them under MSH-20 2.3, and without any declaration too', () => {
    for (const declared of [{ scheme: '2.3' }, { charset: 'ISO IR6~ISO IR159' }, {}]) {
      expect(name(read('\\M242844\\0!\\C2842\\^\\C284A\\\\E\\^\\C2949\\\xb1', declared))).toEqual([
        '\u4E02',
        '\u00A5',
        '\uFF71',
      ]);
    }
  });

  it.each([
    ['\\C2D41\\\xe9', '\u00E9'],
    ['\\C2D42\\\xf8', '\u0159'],
    ['\\C2D4C\\\xb8', '\u0418'],
    ['\\C2D47\\\xc7', '\u0627'],
    ['\\C2D46\\\xe1', '\u03B1'],
    ['\\C2D48\\\xe0', '\u05D0'],
    ['\\C2D4D\\\xfd', '\u0131'],
    ['\\M242943\\\xb1\xe6', '\uAE38'],
    ['\\M242941\\\xd5\xc5', '\u5F20'],
  ])('reads the upper half after %j', (sent, text) => {
    const message = read(`x${sent}`);
    expect([name(message)[0], codes(message)]).toEqual([`x${text}`, []]);
  });

  it('begins every component in the set of the message', () => {
    const message = read('\\C2D4C\\\xb8^\xe9^\\M2442\\F|', { charset: '8859/1~ISO IR144~ISO IR87' });
    expect(name(message).slice(0, 2)).toEqual(['\u0418', '\u00E9']);
  });

  it('flags what means nothing in the set that is on, in a message of plain ASCII too', () => {
    const message = read('\\M2442\\F\\C2842\\^ok');
    expect(name(message)).toEqual(['', 'ok', '']);
    expect(message.first('PID')?.field(5).isUndecodable).toBe(true);
    expect(codes(message)).toEqual(['undecodable']);
  });

  it('keeps a switch to a set nobody knows as it is, and says so', () => {
    const message = read('\\C2D5A\\x');
    expect(name(message)[0]).toBe('\\C2D5A\\x');
    expect(codes(message)).toEqual(['escape-charset-switch']);
  });

  it('gives the raw bytes of the field back whatever they switch', () => {
    const sent = '\\M2442\\F\\F\\\\C2842\\';
    expect(read(sent).first('MSH')?.field(2).text()).toBe('^~\\&');
    expect(Buffer.from(read(sent).first('PID')?.field(5).bytes ?? []).toString('latin1')).toBe(sent);
  });
});

describe('sets switched by ESC', () => {
  it('reads alternates of a set of one byte, each to the end of the line at most', () => {
    const message = read('\xe9\x1b-L\xb8\x1b$BF|\x1b(B^\xe9', { charset: '8859/1~ISO IR144~ISO IR87' });
    expect(message.charset).toMatchObject({ name: 'iso-2022+iso-8859-1', origin: 'declared', warnings: [] });
    expect(name(message)[0]).toBe('\u00E9\u0418\u65E5');
    expect(message.first('PV1')?.field(2).text()).toBe('I');
  });

  it('takes the word of MSH-20 when MSH-18 names no alternate', () => {
    expect(name(read('\x1b$BF|\x1b(B', { scheme: 'ISO 2022-1994' }))[0]).toBe('\u65E5');
  });

  it('writes what it reads', () => {
    const charset = read('\x1b-L\xb8', { charset: '8859/1~ISO IR144~ISO IR87' }).charset.name;
    expect(decodeText(Buffer.from('\xe9\x1b$BF|\x1b(B', 'latin1'), charset)).toBe('\u00E9\u65E5');
  });
});
