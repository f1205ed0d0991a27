import { describe, expect, it } from '@jest/globals';
import type { Message } from '@anamnesis/hl7v2';
import { adt, contextOf, message, pv1 } from '../test-context.js';
import { mapMessage } from './map-message.js';
import { recentReadings } from './recent-readings.js';

function result(...lines: readonly string[]): Message {
  return message(
    'MSH|^~\\&|LAB|MPK|ANAMNESIS|HUB|20260309101500||ORU^R01^ORU_R01|C1|P|2.5.1',
    'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE||19620320|F',
    'OBR|1|P1|F1|GLU^GLUCOSE^L|||20260309101500|||||||||||||||20260309101500|||F',
    ...lines,
  );
}

const diagnosis = (system: string, code: string) => adt('A08', '20260309101500', pv1({}), `DG1|1|${system}|${code}`);
const attending = (xcn: string) => adt('A08', '20260309101500', pv1({ 7: xcn }));

describe('what is remembered of earlier messages', () => {
  it.each<[what: string, messages: readonly Message[]]>([
    [
      'a range under another unit, or beside a text',
      [
        result('OBX|1|NM|A||5|mg/dL^^UCUM|3-7||||F'),
        result('OBX|1|NM|A||5|mmol/L^^UCUM|3-7||||F'),
        result('OBX|1|NM|A||5||3-7||||F'),
        result('OBX|1|ST|A||5|mg/dL^^UCUM|3-7||||F'),
        result('OBX|1|SN|A||^5|mg/dL^^UCUM|3-7||||F'),
      ],
    ],
    [
      'people of one number without an authority',
      [
        attending('1234^SPECIMEN^SAMIRA'),
        attending('1234^EXAMPLE^OMAR'),
        attending('^EXAMPLE^OMAR'),
        attending('1234'),
      ],
    ],
    [
      'systems and codes that only together are the same text',
      [diagnosis('LOCAL', 'X Y^FEVER'), diagnosis('LOCAL X', 'Y^FEVER'), diagnosis('', 'LOCAL X Y^FEVER')],
    ],
  ])('changes nothing of %s', (_, messages) => {
    const recent = recentReadings();
    for (const one of [...messages, ...messages])
      expect(mapMessage(one, contextOf(one, { recent }))).toEqual(mapMessage(one, contextOf(one)));
  });

  it('is the very value that is said again', () => {
    const recent = recentReadings();
    const said = (one: Message, slot: string): readonly unknown[] =>
      mapMessage(one, contextOf(one, { recent }))
        .flatMap(({ resources }) => resources.statements)
        .flatMap(({ slots }) => slots[slot] ?? []);
    const rangeOf = (value: string) => said(result(`OBX|1|NM|A||${value}|mg/dL^^UCUM|3-7||||F`), 'referenceRange')[0];
    const visitorOf = () => said(attending('1234^SPECIMEN^SAMIRA'), 'participant:PV1-7')[0] as { individual: object };
    rangeOf('5');
    visitorOf();
    expect(rangeOf('6')).toBe(rangeOf('7'));
    expect(visitorOf().individual).toBe(visitorOf().individual);
  });
});
