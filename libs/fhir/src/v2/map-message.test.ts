import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MessageError, parseMessage } from '@anamnesis/hl7v2';
import { adt, contextOf, message } from '../test-context.js';
import { mapMessage } from './map-message.js';
import type { MappingContext } from './mapping-context.js';

const only = (one: ReturnType<typeof adt>, overrides: Partial<MappingContext> = {}) => {
  const [event] = mapMessage(one, contextOf(one, overrides));
  if (event === undefined) throw new Error('no event');
  return event;
};
const pid = (fields: string) => adt('A08', '20260301100000', `PID|1|${fields}`);

describe('a name in Burmese', () => {
  const nameOf = (family: string) => {
    const lines = ['MSH|^~\\&|PAS|MPK|||20260301||ADT^A08|1|P|2.5||||||UNICODE UTF-8', `PID|1||1^^^MPK||${family}`];
    const { statements } = only(parseMessage(Buffer.from(lines.join('\r')))).resources;
    return statements.find((one) => one.resourceType === 'Patient')?.slots['name'];
  };

  it('sent in Zawgyi is kept as it was sent, with its Unicode form as text', () => {
    const sent = '\u1031\u1021\u102C\u1004\u1039\u1031\u1000\u103A\u102C\u1039';
    const text = '\u1021\u1031\u102C\u1004\u103A\u1000\u103B\u1031\u102C\u103A';
    expect(nameOf(sent)).toEqual([{ family: sent, text }]);
  });

  it('sent in Unicode has no second form', () => {
    const sent = '\u1021\u1031\u102C\u1004\u103A';
    expect(nameOf(sent)).toEqual([{ family: sent }]);
  });
});

describe('the subject of a message', () => {
  it('is the number of the source own authority, wherever it stands', () => {
    expect(only(pid('|1^^^OTHER^MR~2^^^MPK^PI||X^Y')).subject).toEqual({
      system: 'urn:anamnesis:authority:MPK',
      value: '2',
    });
  });

  it('is else the first of type MR, else the first', () => {
    expect(only(pid('|1^^^A^PI~2^^^B^MR||X^Y')).subject?.value).toBe('2');
    expect(only(pid('|1^^^A^PI~2^^^B^NI||X^Y')).subject?.value).toBe('1');
  });

  it('is that of PID-2, else PID-4, when PID-3 is empty', () => {
    expect(only(pid('7^^^MPK||8^^^MPK|X^Y')).subject?.value).toBe('7');
    expect(only(pid('||8^^^MPK|X^Y')).subject?.value).toBe('8');
  });

  it('is never a null, a blank or a truncated number', () => {
    const cut = 'MSH|^~\\&#|PAS|MPK|||20260301||ADT^A08|1|P|2.7\rPID|1||123#^^^MPK^MR||X^Y';
    expect(only(pid('|""||X^Y')).subject).toBeUndefined();
    expect(only(message(...cut.split('\r'))).subject).toBeUndefined();
  });

  it('missing, leaves the content in the message with a warning', () => {
    const event = only(pid('||||X^Y'));
    expect(event.resources.statements).toEqual([]);
    expect(event.resources.warnings[0]).toMatch(/PID-3 names no patient/);
  });
});

describe('a message of a size that nobody maps in time', () => {
  it('is kept whole, of its patient, and says why', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `OBX|${at}|NM|c${at}^A^L||1||||||F`);
    const event = only(adt('A08', '20260301100000', 'PID|1||7^^^MPK^MR||X^Y', ...many));
    expect(event).toMatchObject({ type: 'message.unmapped', subject: { value: '7' } });
    expect(event.resources.warnings).toContain('more segments than are mapped');
  });

  it('takes no longer for each order, however many there are', () => {
    const header = 'MSH|^~\\&|LIS|LABHYD|||20260306120000||ORU^R01^ORU_R01|L-1|P|2.5.1';
    /** CPU microseconds for so many orders. */
    const costOf = (count: number): number => {
      const orders = Array.from({ length: count }, () => 'OBR|1|P-1|F-1|1^A^L');
      const before = process.cpuUsage();
      const { statements } = only(message(header, 'PID|1||H-77^^^HYD^MR', ...orders)).resources;
      // The patient, the order that all of them name, and a report of each.
      expect(new Set(statements.map(({ id }) => id)).size).toBe(count + 2);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    costOf(1000);
    // Nine times as many would cost 81 times as much, were each looked up among all.
    expect(costOf(9000)).toBeLessThan(30 * costOf(1000));
  });
});

describe('the identifiers of a message', () => {
  const systems = (one: ReturnType<typeof adt>) =>
    only(one).identity?.identifiers.map(({ system, type }) => `${system} ${type}`);

  it('hold PID-2 and PID-19 under systems of their own', () => {
    expect(systems(pid('7|1^^^MPK^MR||X^Y||||||||||||||S-1'))).toEqual([
      'urn:anamnesis:authority:MPK MR',
      'urn:anamnesis:facility:MPK:PID-2 ',
      'urn:anamnesis:facility:MPK:PID-19 SS',
    ]);
  });

  it('take PID-19 for a US number only when the message is from there', () => {
    const header = 'MSH|^~\\&|PAS|MPK|||20260301100000||ADT^A08|1|P|2.5.1|||||USA';
    expect(systems(message(header, 'PID|1||1^^^MPK^MR||X^Y||||||||||||||999-00-0001'))).toContain(
      'http://hl7.org/fhir/sid/us-ssn SS',
    );
  });
});

describe('times of a message', () => {
  it('are read in the zone of the feed, or in the offset of MSH-7 where it has one', () => {
    expect(only(adt('A08', '20260301100000')).occurredAt).toBe('2026-03-01T10:00:00+05:00');
    const zoned = message(
      'MSH|^~\\&|P|MPK|||20260301100000+0200||ADT^A08|1|P|2.5',
      'EVN|A08|20260301110000',
      'PID|1||1^^^MPK',
    );
    expect(only(zoned).occurredAt).toBe('2026-03-01T11:00:00+02:00');
  });

  it('are flagged once when nobody says the zone', () => {
    const { resources } = only(adt('A08', '20260301100000'), { zone: undefined });
    expect(resources.warnings.filter((one) => one.startsWith('zone assumed'))).toHaveLength(1);
    expect(resources.statements[0]?.statedAt).toBe('2026-03-01T10:00:00.000Z');
  });

  it('prefer EVN-6 to EVN-2, but not on a cancel, where it is the time of what is cancelled', () => {
    const event = (trigger: string) =>
      only(
        message(
          `MSH|^~\\&|P|MPK|||20260301120000||ADT^${trigger}|1|P|2.5`,
          `EVN|${trigger}|20260301110000||||20260301100000`,
          'PID|1||1^^^MPK',
        ),
      );
    expect(event('A02').occurredAt).toBe('2026-03-01T10:00:00+05:00');
    expect(event('A12').occurredAt).toBe('2026-03-01T11:00:00+05:00');
  });

  it('that name only a day put the statement at its start and claim no hour', () => {
    const day = only(message('MSH|^~\\&|P|MPK|||20260301||ADT^A08|1|P|2.5', 'PID|1||1^^^MPK'));
    expect(day.occurredAt).toBeUndefined();
    expect(day.resources.statements[0]?.statedAt).toBe('2026-03-01T00:00:00.000Z');
  });

  it('fall back to the time of receipt', () => {
    const none = only(message('MSH|^~\\&|P|MPK|||||ADT^A08|1|P|2.5', 'PID|1||1^^^MPK'));
    expect(none.resources.statements[0]?.statedAt).toBe('2026-03-09T00:00:00.000Z');
  });
});

describe('mapMessage', () => {
  it('leaves an undecodable field out and says where', () => {
    const bytes = Buffer.concat([
      Buffer.from('MSH|^~\\&|P|MPK|||20260301100000||ADT^A08|1|P|2.5||||||UNICODE UTF-8\rPID|1||1^^^MPK||EVERY'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('WOMAN^EVE||19620320'),
    ]);
    const { resources, identity } = only(parseMessage(bytes));
    expect(resources.warnings).toContain('undecodable bytes at PID-5');
    expect(resources.statements[0]?.slots).not.toHaveProperty('name');
    expect(resources.statements[0]?.slots).toHaveProperty('birthDate');
    expect(identity).not.toHaveProperty('familyName');
  });

  it('finds nothing in tables for the names that every object has', () => {
    const one = adt(
      'A08',
      '20260301100000',
      'PID|1||1^^^MPK^constructor||X^Y^^^^^constructor|||__proto__|||S^^^^^^toString',
      'AL1|1|constructor|^X|toString',
    );
    expect(
      only(one)
        .resources.statements.map(({ slots }) => JSON.stringify(slots))
        .join(),
    ).not.toContain('native code');
  });

  it('says of an unmapped message whose it is, and nothing about them', () => {
    const event = only(
      message('MSH|^~\\&|P|MPK|||20260301100000||ZZZ^Z99|1|P|2.5', 'PID|1||1^^^MPK^MR||EVERYWOMAN^EVE'),
    );
    expect(event).toMatchObject({
      type: 'message.unmapped',
      subject: { value: '1' },
      identity: { familyName: 'EVERYWOMAN' },
    });
    expect(event.resources).toMatchObject({ name: 'unmapped', statements: [] });
  });

  it('maps an unknown trigger of a known structure as unmapped', () => {
    expect(only(message('MSH|^~\\&|P|MPK|||20260301||ADT^Z01^ADT_A01|1|P|2.5', 'PID|1||1^^^MPK')).type).toBe(
      'message.unmapped',
    );
  });

  it('gives one event per PATIENT_RESULT, each of its own patient', () => {
    const two = message(
      'MSH|^~\\&|L|LAB|||20260301||ORU^R01|1|P|2.5',
      'PID|1||1^^^HYD',
      'OBR|1||F1|X',
      'OBX|1|ST|A||x||||||F',
      'PID|2||2^^^HYD',
      'OBR|1||F2|X',
      'OBX|1|ST|A||y||||||F',
    );
    expect(mapMessage(two, contextOf(two)).map(({ subject }) => subject?.value)).toEqual(['1', '2']);
  });

  it('lists what stays in the message', () => {
    const one = adt('A08', '20260301100000', 'PID|1||1^^^MPK||X^Y|||||2106-3', 'ZZ1|local');
    expect(only(one).resources.warnings).toContain('kept in the message only: PID-10 ZZ1');
  });

  it('never puts a value into a warning', () => {
    const one = adt(
      'A01',
      'SECRET',
      'PID|1||1^^^MPK||X^Y||SECRET|SECRET|||||||||||||||||SECRET|SECRET|||||SECRET|SECRET',
      'PV1|1|SECRET||||||||||||||||||||||||||||||||||||||||||SECRET|SECRET',
      'OBX|1|NM|X||SECRET||||||SECRET',
      'AL1|1|SECRET',
      'DG1|1',
    );
    expect(JSON.stringify(only(one).resources.warnings)).not.toContain('SECRET');
  });

  it('survives whatever stands in the fields', () => {
    const content = fc.string({
      unit: fc.constantFrom(...'A M 1 9 ^ ~ & | \\ " # . - + < > / é \r'.split(' ')),
      maxLength: 60,
    });
    const segment = fc.constantFrom(
      'PID|1||7^^^MPK',
      'PV1|1',
      'PV2',
      'OBR|1',
      'OBX|1',
      'NK1|1',
      'AL1|1',
      'DG1|1',
      'PR1|1',
      'IN1|1',
      'MRG',
      'SPM',
      'ORC',
      'NTE',
      'EVN',
      'PD1',
      ...['PID|2||8^^^MPK', 'PV2', 'NPU', 'IAM|1', 'PRB|AD', 'GOL|AD', 'GT1|1', 'FT1|1|T||1|1|CG'],
      ...['MFE|MAD', 'STF|1', 'PRA|1', 'LOC'],
    );
    const type = fc.constantFrom(
      ...['ADT^A01', 'ADT^A02', 'ADT^A08', 'ADT^A12', 'ADT^A40', 'ORU^R01', 'XXX'],
      ...['ADT^A15', 'ADT^A17', 'ADT^A20', 'ADT^A24', 'ADT^A25', 'ADT^A29', 'ADT^A36', 'ADT^A41', 'ADT^A42'],
      ...['ADT^A43', 'ADT^A45', 'ADT^A47', 'ADT^A48', 'ADT^A51', 'ADT^A60', 'PPR^PC1', 'PGL^PC6', 'BAR^P01'],
      ...['BAR^P06', 'DFT^P03', 'MFN^M02', 'MFN^M05'],
    );
    fc.assert(
      fc.property(type, fc.array(fc.tuple(segment, content), { maxLength: 8 }), (kind, segments) => {
        const text = [
          `MSH|^~\\&|P|MPK|||20260301||${kind}|1|P|2.5`,
          ...segments.map(([name, rest]) => `${name}|${rest}`),
        ].join('\r');
        try {
          const one = parseMessage(Buffer.from(text));
          expect(mapMessage(one, contextOf(one)).length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof MessageError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });
});
