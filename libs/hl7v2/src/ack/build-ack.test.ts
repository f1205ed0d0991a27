import { describe, expect, it } from '@jest/globals';
import type { ErrorCondition } from '../message/message-error.js';
import { parseMessage } from '../message/parse-message.js';
import { readHeader } from '../message/read-header.js';
import { admission, oddDelimiters } from '../sample-messages.js';
import { buildAck, type AckOptions } from './build-ack.js';

const at = new Date('2026-01-02T03:04:05.678Z');
const identity = { application: 'ANAMNESIS', facility: 'HUB' };
const missing: ErrorCondition = {
  code: 101,
  location: { segment: 'PID', position: 1, field: 3 },
  text: 'patient identifier is missing',
};
const deep: ErrorCondition = {
  code: 104,
  location: { segment: 'PID', position: 1, field: 11, component: 9 },
  text: 'too long',
};

function request(version: string, more = ''): Buffer {
  return Buffer.from(`MSH|^~\\&|ADT1^1.2.3^ISO|NORTH|X|Y|2026||ADT^A01|N\\T\\1|T|${version}${more}\r`, 'latin1');
}

function ack(bytes: Uint8Array, options: Partial<AckOptions> = {}): string {
  const answer = buildAck({ code: 'AA', request: readHeader(bytes), controlId: 'H-1', at, identity, ...options });
  return Buffer.from(answer).toString('latin1');
}

const msh = (type: string, version: string): string =>
  `MSH|^~\\&|ANAMNESIS|HUB|ADT1^1.2.3^ISO|NORTH|20260102030405+0000||${type}|H-1|T|${version}\r`;
const error = (version: string, errors: readonly ErrorCondition[] = [missing], text?: string): string =>
  ack(request(version), { code: 'AE', errors, ...(text !== undefined && { text }) });

describe('build ack', () => {
  it.each([
    ['2.1', 'ACK'],
    ['2.2', 'ACK'],
    ['2.3', 'ACK^A01'],
    ['2.3.1', 'ACK^A01^ACK'],
    ['2.4', 'ACK^A01^ACK'],
    ['2.5', 'ACK^A01^ACK'],
    ['2.5.1', 'ACK^A01^ACK'],
    ['2.6', 'ACK^A01^ACK'],
    ['2.7.1', 'ACK^A01^ACK'],
    ['2.9', 'ACK^A01^ACK'],
    ['2.10', 'ACK^A01^ACK'],
  ])('accepts in version %s', (version, type) => {
    expect(ack(request(version))).toBe(`${msh(type, version)}MSA|AA|N\\T\\1\r`);
  });

  it.each([
    ['2.1', 'ACK', 'MSA|AE|N\\T\\1|patient identifier is missing\rERR|PID^1^3^101&Required field missing&HL70357\r'],
    [
      '2.2',
      'ACK',
      'MSA|AE|N\\T\\1|patient identifier is missing|||101^Required field missing^HL70357\rERR|PID^1^3^101&Required field missing&HL70357\r',
    ],
    [
      '2.4',
      'ACK^A01^ACK',
      'MSA|AE|N\\T\\1|patient identifier is missing|||101^Required field missing^HL70357\rERR|PID^1^3^101&Required field missing&HL70357\r',
    ],
    [
      '2.5',
      'ACK^A01^ACK',
      'MSA|AE|N\\T\\1\rERR||PID^1^3|101^Required field missing^HL70357|E||||patient identifier is missing\r',
    ],
    [
      '2.8',
      'ACK^A01^ACK',
      'MSA|AE|N\\T\\1\rERR||PID^1^3|101^Required field missing^HL70357|E||||patient identifier is missing\r',
    ],
  ])('says why it refuses in version %s', (version, type, rest) => {
    expect(error(version)).toBe(msh(type, version) + rest);
  });

  it('says 207 instead of 104, 198 and 199 before 2.7', () => {
    expect(error('2.4', [deep])).toContain('\rERR|PID^1^11^207&Application error&HL70357\r');
    expect(error('2.6', [deep])).toContain('\rERR||PID^1^11^^9|207^Application error^HL70357|E||||too long\r');
    expect(error('2.7', [deep])).toContain('\rERR||PID^1^11^^9|104^Value too long^HL70357|E||||too long\r');
    expect(error('2.6', [{ code: 198, text: 'x' }])).toContain('|207^');
    expect(error('2.6', [{ code: 199, text: 'x' }])).toContain('|207^');
  });

  it('repeats ERR-1 up to 2.4 and ERR since 2.5', () => {
    const both = [missing, { code: 207, text: 'later' } as const];
    expect(error('2.3', both)).toContain(
      '\rERR|PID^1^3^101&Required field missing&HL70357~^^^207&Application error&HL70357\r',
    );
    expect(error('2.5', both).split('\r').slice(2, 4)).toEqual([
      'ERR||PID^1^3|101^Required field missing^HL70357|E||||patient identifier is missing',
      'ERR|||207^Application error^HL70357|E||||later',
    ]);
  });

  it('puts a text of its own into MSA-3, or into ERR-7 where that is withdrawn', () => {
    expect(error('2.3', [missing], 'why')).toContain('MSA|AE|N\\T\\1|why|||101^');
    expect(error('2.5', [missing], 'why')).toContain('MSA|AE|N\\T\\1|why\r');
    expect(error('2.7', [missing], 'why')).toContain(
      'MSA|AE|N\\T\\1\rERR||PID^1^3|101^Required field missing^HL70357|E|||why|',
    );
  });

  it('gives a warning with a positive answer', () => {
    const warned = ack(request('2.5.1'), { errors: [{ code: 204, text: 'unknown prior identifier' }] });
    expect(warned).toContain('\rERR|||204^Unknown key identifier^HL70357|W||||unknown prior identifier\r');
    expect(ack(request('2.5.1'), { errors: [{ code: 204, text: 'x', severity: 'I' }] })).toContain('|I||||x\r');
  });

  it('writes MSA-4 under the sequence number protocol only', () => {
    expect(ack(request('2.5.1'), { expectedSequenceNumber: 18 })).toContain('MSA|AA|N\\T\\1||18\r');
    expect(ack(request('2.3'), { expectedSequenceNumber: -1 })).toContain('MSA|AA|N\\T\\1||-1\r');
  });

  it('speaks with the delimiters of the sender', () => {
    expect(ack(Buffer.from(oddDelimiters), { code: 'AE', errors: [missing] })).toBe(
      'MSH#*!%$#ANAMNESIS#HUB#ODD#EAST#20260102030405+0000##ACK*A08#H-1#P#2.3\r' +
        'MSA#AE#E-1#patient identifier is missing###101*Required field missing*HL70357\r' +
        'ERR#PID*1*3*101$Required field missing$HL70357\r',
    );
    const short = ack(Buffer.from('MSH|^|A|B|||||ADT^A01|1|P|2.4\r'), { code: 'AE', errors: [missing, deep] });
    expect(short).toContain('\rERR|PID^1^3^101\r');
  });

  it('escapes what it repeats and what is its own', () => {
    const odd = Buffer.from('MSH|^~\\&|A\\T\\B|N\\F\\|||||ADT^A01|1|P|2.5\r');
    expect(ack(odd, { identity: { application: 'X&Y', facility: 'a|b' } })).toContain(
      'MSH|^~\\&|X\\T\\Y|a\\F\\b|A\\T\\B|N\\F\\|',
    );
  });

  it('returns the control id byte for byte in the character set of the sender', () => {
    const latin = ack(request('2.5', '||||||8859/1').map((byte) => (byte === 0x54 ? 0xfc : byte)));
    expect(latin).toContain('MSA|AA|N\\\xfc\\1\r');
    expect(latin).toContain('|2.5||||||8859/1\r');
    const hexadecimal = Buffer.from('MSH|^~\\&|A|B|||||ADT^A01|\\X41\\ ~^&\\Q\\|P|2.5\r');
    expect(ack(hexadecimal)).toContain('MSA|AA|\\X41\\ ~^&\\Q\\\r');
  });

  it('lets nothing of the sender break the frame', () => {
    expect(ack(request('2.5', '||||||ASCI\x1c'))).toContain('|T|2.5\r');
    expect(ack(Buffer.from('MSH|^~\\&|A|B|||||ADT^A01|7\x1c|P|2.5\r'))).toContain('MSA|AA|7\\X1C\\\r');
  });

  it('writes the sender name back in its own set', () => {
    const japanese = Buffer.from('MSH|^~\\&|A|\x1b$BF|K\\\x1b(B|||||ADT^A01|1|P|2.5||||||~ISO IR87\r', 'latin1');
    const answer = ack(japanese);
    expect(answer).toContain('|HUB|A|\x1b$BF|K\\\x1b(B|2026');
    expect(answer).toContain('|2.5||||||~ISO IR87\r');
  });

  it('never fails on a character that the set of the sender lacks', () => {
    expect(ack(request('2.5'), { identity: { application: 'H\u00D6R\u65E5', facility: 'F' } })).toContain('|H?R?|F|');
  });

  it('answers an MSH that could not be read', () => {
    const unread = buildAck({
      code: 'AR',
      request: undefined,
      controlId: 'H-2',
      at,
      identity,
      errors: [{ code: 100, text: 'no MSH' }],
    });
    expect(Buffer.from(unread).toString()).toBe(
      'MSH|^~\\&|ANAMNESIS|HUB|||20260102030405+0000||ACK^^ACK|H-2|P|2.5.1\rMSA|AR|\rERR|||100^Segment sequence error^HL70357|E||||no MSH\r',
    );
  });

  it('answers what names no version as 2.5.1 and repeats one it cannot understand', () => {
    expect(ack(request(''))).toContain('|T|2.5.1\r');
    expect(ack(request('PID'), { code: 'AR', errors: [{ code: 203, text: 'x' }] })).toContain(
      '|T|PID\rMSA|AR|N\\T\\1\rERR|||203^',
    );
  });

  it('is a message that the parser reads', () => {
    const bytes = buildAck({
      code: 'AE',
      request: parseMessage(Buffer.from(admission)).header,
      controlId: 'H-1',
      at,
      identity,
      errors: [missing],
    });
    const message = parseMessage(bytes);
    expect(message.header).toMatchObject({
      messageCode: 'ACK',
      structure: 'ACK',
      triggerEvent: 'A01',
      version: '2.5.1',
    });
    expect(message.first('MSA')?.field(2).text()).toBe('N-0001');
    expect(message.charset.declared).toBe('UNICODE UTF-8');
    expect(message.warnings).toEqual([]);
  });
});
