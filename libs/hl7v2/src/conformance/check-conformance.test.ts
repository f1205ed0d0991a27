import { describe, expect, it } from '@jest/globals';
import { openDictionary } from '../dictionary/dictionary.js';
import { parseMessage } from '../message/parse-message.js';
import { checkConformance } from './check-conformance.js';
import { Rules } from './segment-rules.js';

const rules = new Rules(await openDictionary());
const good = [
  'MSH|^~\\&|PAS|MPK|HUB|ANAMNESIS|20260309101500||ADT^A01^ADT_A01|C1|P|2.5.1',
  'EVN|A01|20260309101500',
  'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE||19620320|F',
  'PV1|1|I',
];

function found(...segments: readonly string[]): readonly string[] {
  const message = parseMessage(Buffer.from(segments.join('\r')));
  return checkConformance(message, rules).map(({ rule, location }) => `${rule} ${location}`);
}

/** `good` with one segment in another's place, or without it. */
const changed = (at: number, ...instead: readonly string[]) => found(...good.toSpliced(at, 1, ...instead));

describe('checkConformance', () => {
  it('finds nothing in a message that keeps the rules, nor in Z segments and HL7 nulls', () => {
    expect(found(...good)).toEqual([]);
    expect(found(...good, 'ZPI|whatever^x')).toEqual([]);
    expect(changed(2, 'PID|1||MR-1001||EVERYWOMAN||""|F')).toEqual([]);
  });

  it.each<[what: string, found: readonly string[], expected: readonly string[]]>([
    ['a required segment that is missing', changed(1), ['segment-required EVN']],
    [
      'a segment of no such structure',
      found(...good, 'RXA|0|1|20260309|20260309|CODE|999'),
      ['segment-unexpected RXA'],
    ],
    ['a required field that is empty', changed(3, 'PV1|1|'), ['field-required PV1-2']],
    ['a required field beyond the end', changed(3, 'PV1|1'), ['field-required PV1-2']],
    ['a required component', changed(2, 'PID|1||^^^MPK^MR||EVERYWOMAN'), ['component-required PID-3.1']],
    ['a repetition of what may not', changed(2, 'PID|1||M-1||E||19620320~19620321|F'), ['field-repeats PID-7']],
    ['a date that is none', changed(2, 'PID|1||M-1||E||20/03/1962|F'), ['data-type PID-7']],
    ['a number that is none', changed(2, 'PID|one||M-1||E'), ['data-type PID-1']],
    ['a type that OBX-2 says', found(...good, 'OBX|1|NM|GLU||high||||||F'), ['data-type OBX-5']],
    ['a structure nobody has', changed(0, 'MSH|^~\\&|P|M|||20260309||ZZZ^Z01|C1|P|2.5.1'), ['structure-unknown MSH-9']],
  ])('finds %s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  it('says the place by name and the shape, no value, and each place once', () => {
    const pid = 'PID|1||M-1||E||20/03/1962|F';
    const message = parseMessage(Buffer.from([...good.toSpliced(2, 1, pid), pid].join('\r')));
    const [finding, ...more] = checkConformance(message, rules);
    expect(more).toEqual([]);
    expect(finding).toEqual({
      rule: 'data-type',
      location: 'PID-7',
      text: 'PID-7 Date/Time of Birth: not of data type TS',
      shape: '8 digits, 2 signs',
    });
  });

  it('goes by the version of the message', () => {
    expect(changed(0, (good[0] ?? '').replace('2.5.1', '2.3'))).not.toContain('component-required PID-3.1');
    expect(found(...good.with(0, (good[0] ?? '').replace('2.5.1', '2.9')))).toEqual([]);
  });
});
