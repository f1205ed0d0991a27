import { describe, expect, it } from '@jest/globals';
import { admission, oddDelimiters, result } from '../sample-messages.js';
import { MessageError } from './message-error.js';
import type { Message } from './message.js';
import { parseMessage, type ParseOptions } from './parse-message.js';

const parse = (text: string, options?: ParseOptions): Message => parseMessage(Buffer.from(text, 'utf8'), options);
const codes = (message: Message): readonly string[] => message.warnings.map(({ code }) => code);

function refusal(text: string | Uint8Array): Pick<MessageError, 'condition'> {
  try {
    parseMessage(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('parse message', () => {
  it('reads the header', () => {
    const { header } = parse(admission);
    expect(header).toMatchObject({
      sendingApplication: { namespaceId: 'ADT1', universalId: '1.2.3', universalIdType: 'ISO' },
      sendingFacility: { namespaceId: 'NORTH', universalId: '', universalIdType: '' },
      receivingApplication: { namespaceId: 'ANAMNESIS' },
      receivingFacility: { namespaceId: 'HUB' },
      timestamp: '20260102030405+0100',
      messageCode: 'ADT',
      triggerEvent: 'A01',
      structure: 'ADT_A01',
      controlId: 'N-0001',
      processingId: 'P',
      version: '2.5.1',
      sequenceNumber: '17',
      continues: '',
      acceptAck: 'AL',
      applicationAck: 'NE',
      countryCode: 'DEU',
    });
    expect(parse(admission).warnings).toEqual([]);
  });

  it('reads fields, repetitions, components and subcomponents', () => {
    const pid = parse(admission).first('PID');
    expect(pid?.fieldCount).toBe(18);
    expect(pid?.field(3).text()).toBe('4711');
    expect(pid?.field(3).text(4)).toBe('NORTH');
    expect(pid?.field(3).text(4, 2)).toBe('1.2.3.4');
    expect(pid?.field(3).text(9)).toBe('');
    expect(pid?.field(3).repetitions.map((one) => [one.text(), one.text(4), one.componentCount])).toEqual([
      ['4711', 'NORTH', 5],
      ['815', 'NATIONAL', 5],
    ]);
    const authority = pid?.field(3).repetitions[0]?.component(4);
    expect([authority?.text, authority?.sub(3), authority?.sub(4), authority?.subcomponentCount]).toEqual([
      'NORTH',
      'ISO',
      '',
      3,
    ]);
    expect(Buffer.from(pid?.field(5).bytes ?? []).toString()).toBe('EVERYWOMAN^EVE^""');
  });

  it('numbers segments by name and by place', () => {
    const message = parse(admission);
    expect(message.segments.map(({ name, position, index }) => `${name} ${position} ${index}`)).toEqual([
      'MSH 1 0',
      'EVN 1 1',
      'PID 1 2',
      'NK1 1 3',
      'NK1 2 4',
      'PV1 1 5',
    ]);
    expect(message.all('NK1').map((one) => one.field(2).text(2))).toEqual(['TOM', 'TINA']);
    expect(message.first('ZZZ')).toBeUndefined();
    expect(message.all('ZZZ')).toEqual([]);
  });

  it('tells empty, null and value apart and never reads "" as data', () => {
    const pid = parse(admission).first('PID');
    const states = [2, 14, 5, 18, 40, 0].map((n) => [pid?.field(n).isEmpty, pid?.field(n).isNull]);
    expect(states).toEqual([
      [true, false],
      [false, true],
      [false, false],
      [true, false],
      [true, false],
      [true, false],
    ]);
    expect(pid?.field(14).text()).toBe('');
    expect(pid?.field(14).formatted).toBe('');
    const name = pid?.field(5).repetitions[0];
    expect([name?.component(3).isNull, name?.component(3).text, name?.component(2).isNull]).toEqual([true, '', false]);
    expect(pid?.field(40).repetitions).toEqual([]);
    expect(pid?.field(18).repetitions).toHaveLength(2);
  });

  it('keeps MSH-1 and MSH-2 as they are', () => {
    const msh = parse(admission).segments[0];
    expect(msh?.field(1).text()).toBe('|');
    expect(msh?.field(2).text()).toBe('^~\\&');
    expect(msh?.field(2).formatted).toBe('^~\\&');
    expect(msh?.field(2).repetitions.map((one) => one.text())).toEqual(['^~\\&']);
  });

  it('reads by the delimiters of the message', () => {
    const message = parse(oddDelimiters);
    expect(message.delimiters).toEqual({
      field: '#',
      component: '*',
      repetition: '!',
      escape: '%',
      subcomponent: '$',
      truncation: undefined,
    });
    const pid = message.first('PID');
    expect([pid?.field(3).text(2, 2), pid?.field(3).repetitions[1]?.text(), pid?.field(5).text(2)]).toEqual([
      'b',
      '13',
      'T*M',
    ]);
    expect(message.header.structure).toBe('ADT_A01');
  });

  it('reads with fewer than four encoding characters', () => {
    const two = parse('MSH|^~|A|B|||||ADT^A01|1\rPID|||a\\F\\b&c~d\r');
    expect(two.delimiters).toMatchObject({
      component: '^',
      repetition: '~',
      escape: undefined,
      subcomponent: undefined,
    });
    expect(two.first('PID')?.field(3).text()).toBe('a\\F\\b&c');
    const one = parse('MSH|^|A|B|||||ADT^A01|1\rPID|||a~b^c\r');
    expect(one.delimiters.repetition).toBe('');
    expect(
      one
        .first('PID')
        ?.field(3)
        .repetitions.map((each) => each.text()),
    ).toEqual(['a~b']);
    expect(one.header.triggerEvent).toBe('A01');
  });

  it('marks values that end with the truncation character as incomplete', () => {
    const message = parse('MSH|^~\\&#|A|B|||||ADT^A01|1|P|2.7\rPID|||12#^x||NAME#\rZZZ|\\P\\|\r');
    expect(message.delimiters.truncation).toBe('#');
    expect(message.first('PID')?.field(3).repetitions[0]?.component(1).isTruncated).toBe(true);
    expect(message.first('PID')?.field(3).repetitions[0]?.component(2).isTruncated).toBe(false);
    expect(message.first('ZZZ')?.field(1).text()).toBe('#');
    expect(message.first('ZZZ')?.field(1).repetitions[0]?.component(1).isTruncated).toBe(false);
  });

  it('reports odd encoding characters and reads on with the usable ones', () => {
    expect(codes(parse('MSH|^~\\\\&|A|B|||||ADT^A01|1\r'))).toEqual(['encoding-characters']);
    expect(codes(parse('MSH|^~\\&amp;|A|B|||||ADT^A01|1\r'))).toContain('encoding-characters');
  });

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR and blank lines', '\r\r\n\r'],
  ])('accepts %s between segments', (_, end) => {
    const message = parse(admission.replaceAll('\r', end));
    expect(message.segments.map(({ name }) => name)).toEqual(['MSH', 'EVN', 'PID', 'NK1', 'NK1', 'PV1']);
    expect(message.first('EVN')?.field(2).text()).toBe('20260102030405');
    expect(message.warnings).toEqual([]);
  });

  it('needs no CR at the end', () => {
    expect(parse(admission.slice(0, -1)).first('PV1')?.field(19).text()).toBe('V-1');
  });

  it('reads past a byte order mark and white space, and says so', () => {
    const message = parse(`\uFEFF \r\n${admission}`);
    expect(codes(message)).toEqual(['byte-order-mark', 'leading-space']);
    expect(message.header.controlId).toBe('N-0001');
    expect(message.bytes[0]).toBe(0xef);
  });

  it('reads past space before a name and an end mark of a file', () => {
    const message = parse(`${admission.replace('\rPID', '\r \t PID')}\x1c\r\n \x1a`);
    expect(message.segments.map(({ name }) => name)).toEqual(['MSH', 'EVN', 'PID', 'NK1', 'NK1', 'PV1']);
    expect(message.first('PV1')?.field(19).text()).toBe('V-1');
  });

  it('keeps a line that begins no segment with the text it interrupts', () => {
    const message = parse(result.replace('first', 'first\nmiddle words\r\nlast'));
    expect(message.segments).toHaveLength(7);
    const obx = message.all('OBX')[1];
    expect(obx?.field(5).formatted).toBe('first\nmiddle words\nlast\nsecond 5 ^ 6 A');
    expect(obx?.field(11).text()).toBe('F');
    expect(message.warnings).toEqual([
      { code: 'line-joined', location: { segment: 'OBX', position: 2 }, text: expect.any(String) },
    ]);
  });

  it('derives the structure before 2.3.1 and lets the event win over a wrong one', () => {
    expect(parse(result).header.structure).toBe('ORU_R01');
    const wrong = parse(admission.replace('ADT^A01^ADT_A01', 'ADT^A04^ADT_A04'));
    expect(wrong.header.structure).toBe('ADT_A01');
    expect(codes(wrong)).toEqual(['structure-disagrees']);
    expect(parse(admission.replace('ADT^A01^ADT_A01', 'ZZZ^Z01^ZZZ_Z01')).header.structure).toBe('ZZZ_Z01');
  });

  it('reads formatted text with its breaks, plain text without touching them', () => {
    const field = parse(result).all('OBX')[1]?.field(5);
    expect(field?.formatted).toBe('first\nsecond 5 ^ 6 A');
    expect(field?.text()).toBe('first\\.br\\\\H\\second\\N\\ 5 ^ 6 A');
    expect(parse('MSH|^~\\&|A\rNTE|1||a^b&c~d\r').first('NTE')?.field(3).formatted).toBe('a^b&c');
  });

  it('reports escapes that stay literal, by place and never by value', () => {
    const message = parse('MSH|^~\\&|A\rPV1|1|I|C:\\temp^x|\\XZZ\\|ok\\F\\|\\C2D5A\\\rNTE|1||end\\\r');
    expect(message.first('PV1')?.field(3).text()).toBe('C:\\temp');
    expect(message.warnings.map(({ code, location }) => [code, location?.segment, location?.field])).toEqual([
      ['escape-unterminated', 'PV1', 3],
      ['escape-unknown', 'PV1', 4],
      ['escape-charset-switch', 'PV1', 6],
      ['escape-unterminated', 'NTE', 3],
    ]);
  });

  it('gives no more warnings than describe the message', () => {
    expect(parse(`MSH|^~\\&|A\r${'NTE|1||\\\r'.repeat(500)}`).warnings).toHaveLength(100);
  });

  it('leaves the cut last line of a head out, but never the MSH', () => {
    const head = parse(admission.slice(0, admission.indexOf('NK1') - 5), { truncatedHead: true });
    expect(head.segments.map(({ name }) => name)).toEqual(['MSH', 'EVN']);
    expect(parse(admission.slice(0, 60), { truncatedHead: true }).header.sendingFacility.namespaceId).toBe('NORTH');
  });

  it('refuses what does not begin with a readable MSH', () => {
    const cases: readonly (readonly [string, number, number | undefined])[] = [
      ['', 100, undefined],
      ['PID|1', 100, undefined],
      ['FHS|^~\\&|A\rMSH|^~\\&|A', 100, undefined],
      ['MSH', 102, 1],
      ['MSH\r', 102, 1],
      ['MSH0000', 102, 1],
      ['MSH|', 101, 2],
      ['MSH||A', 101, 2],
      ['MSH|0000|A', 102, 2],
      ['MSH|^^\\&|A', 102, 2],
    ];
    for (const [text, code, field] of cases) {
      const { condition } = refusal(text);
      expect([text, condition.code, condition.location?.segment, condition.location?.field]).toEqual([
        text,
        code,
        'MSH',
        field,
      ]);
    }
  });

  it('refuses two messages in one block', () => {
    expect(refusal(admission + result).condition).toMatchObject({
      code: 100,
      location: { segment: 'MSH', position: 2 },
    });
  });

  it('names the MSH field whose bytes mean nothing', () => {
    const bytes = Buffer.from(admission.replace('HUB', 'H\u00FCB'), 'latin1');
    expect(refusal(bytes).condition).toMatchObject({ code: 102, location: { segment: 'MSH', position: 1, field: 6 } });
  });

  it('reads an undecodable field as nothing, keeps its bytes and says where', () => {
    const message = parseMessage(Buffer.from(admission.replace('TINA', 'T\u00CFNA'), 'latin1'));
    const name = message.all('NK1')[1]?.field(2);
    expect([name?.isUndecodable, name?.text(1), name?.text(2), name?.formatted]).toEqual([true, 'TESTPATIENT', '', '']);
    expect(Buffer.from(name?.bytes ?? []).toString('latin1')).toBe('TESTPATIENT^T\u00CFNA');
    expect(message.all('NK1')[0]?.field(2).isUndecodable).toBe(false);
    expect(message.warnings).toEqual([
      { code: 'undecodable', location: { segment: 'NK1', position: 2, field: 2 }, text: expect.any(String) },
    ]);
  });

  it('refuses a flood of repetitions instead of running out of memory', () => {
    expect(refusal(`MSH|^~\\&|A\rPID|||${'~'.repeat(600_000)}`).condition.code).toBe(207);
    expect(refusal(`MSH|^~\\&|A\rOBX|1|TX|||${'\\T\\'.repeat(600_000)}`).condition.code).toBe(207);
  });

  it('lists the components of a repetition in one pass', () => {
    const obx = parse('MSH|^~\\&|A\rOBX|1|NA|||1^2&x^""^\\T\\~5').first('OBX');
    expect(obx?.field(5).repetitions.map(({ texts }) => texts)).toEqual([['1', '2', '', '&'], ['5']]);
    const many = parse(`MSH|^~\\&|A\rOBX|1|NA|||${'1^'.repeat(1_000_000)}`).first('OBX');
    expect(many?.field(5).repetitions[0]?.texts).toHaveLength(1_000_001);
  });

  it.each([
    ['adt^a04^adt_a01', 'message-type-spelling'],
    [' ADT^A04 ', 'message-type-spelling'],
    ['ADT', 'event-from-evn'],
  ])('reads MSH-9 %p as ADT^A04, and says so', (type, warning) => {
    const read = parse(`MSH|^~\\&|A|B|||2026||${type}|1|P|2.1\rEVN|A04\rPID|1`);
    expect(read.header).toMatchObject({ messageCode: 'ADT', triggerEvent: 'A04', structure: 'ADT_A01' });
    expect(read.readingWarnings.map(({ code }) => code)).toContain(warning);
  });

  it('reads a hundred thousand segments and one of 15 MB', () => {
    const many = parse(`MSH|^~\\&|A\r${'OBX|1|NM|x||7\r'.repeat(100_000)}`);
    expect(many.all('OBX')).toHaveLength(100_000);
    expect(many.all('OBX')[99_999]).toMatchObject({ position: 100_000, index: 100_000 });
    const large = parse(`MSH|^~\\&|A\rOBX|1|ED|x||^^^Base64^${'QUJD'.repeat(3_750_000)}||||||F\r`).first('OBX');
    expect(large?.field(5).text(5)).toHaveLength(15_000_000);
    expect(large?.field(11).text()).toBe('F');
  });
});
