import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '@anamnesis/hl7v2';
import { messageOf, type Said } from '../../test/messages.js';
import { admitContent } from './admit-content.js';
import { locationText } from './outcome.js';

function judged(said: Said, change: (text: Buffer) => Buffer = (text) => text): string | undefined {
  const refusal = admitContent(parseMessage(change(Buffer.from(messageOf(said)))));
  if (refusal === undefined) return undefined;
  return `${refusal.kind} ${refusal.condition.code} ${locationText(refusal.condition)}`;
}

/** `#` in the text becomes a byte that is no UTF-8. */
const broken = (text: Buffer): Buffer => Buffer.from(text.map((byte) => (byte === 0x23 ? 0xff : byte)));
const a40 = 'ADT^A40^ADT_A39';

describe('admitContent', () => {
  it.each<[string, Said, string | undefined]>([
    ['a good message', {}, undefined],
    ['no control id', { controlId: '' }, 'error 101 MSH^1^10'],
    ['a control id of 199 characters', { controlId: 'C'.repeat(199) }, undefined],
    ['a longer one', { controlId: 'C'.repeat(200) }, 'error 102 MSH^1^10'],
    ['an endless identifier', { pid: `PID|1||${'7'.repeat(200)}` }, 'error 102 PID^1^3^1^1'],
    ['an endless second identifier', { pid: `PID|1||7~${'7'.repeat(200)}` }, 'error 102 PID^1^3^2^1'],
    ['an endless authority', { pid: `PID|1||7^^^${'H'.repeat(81)}` }, 'error 102 PID^1^3^1^4'],
    ['an endless retired identifier', { type: a40, more: [`MRG|${'7'.repeat(200)}`] }, 'error 102 MRG^1^1^1^1'],
    ['no PID where a patient is needed', { pid: null }, 'error 100 PID^1'],
    ['no PID in a result', { type: 'ORU^R01', pid: null }, 'error 100 PID^1'],
    ['no PID in a bed status', { type: 'ADT^A20', pid: null }, undefined],
    ['no PID in an answer or an unknown type', { type: 'ZZZ^Z01', pid: null }, undefined],
    ['an order without a patient', { type: 'ORM^O01', pid: null }, undefined],
    ['PID-3 empty', { pid: 'PID|1||||EVERYWOMAN^EVE' }, 'error 101 PID^1^3'],
    ['PID-3 with an authority and no number', { pid: 'PID|1||^^^HYD||EVERYWOMAN^EVE' }, 'error 101 PID^1^3'],
    ['PID-3 null (N6)', { pid: 'PID|1||""||EVERYWOMAN^EVE' }, 'error 101 PID^1^3'],
    ['PID-2 alone (2.1)', { pid: 'PID|1|H-77' }, undefined],
    ['PID-4 alone', { pid: 'PID|1|||H-77' }, undefined],
    ['PID-3 in the second repetition', { pid: 'PID|1||^^^X~H-77' }, undefined],
    ['a merge', { type: a40, more: ['MRG|H-70^^^HYD^MR'] }, undefined],
    ['a merge without MRG', { type: a40 }, 'error 100 MRG^1'],
    ['a second group without MRG (M4)', { type: a40, more: ['MRG|H-70', 'PID|2||H-78'] }, 'error 100 MRG^2'],
    ['a first group without MRG (M4)', { type: a40, more: ['PID|2||H-78', 'MRG|H-70'] }, 'error 100 MRG^1'],
    ['a thousand and one numbers', { pid: `PID|1||${'7~'.repeat(1000)}7` }, 'error 207 PID^1^3'],
    [
      'five hundred and one patients',
      { type: 'ORU^R01', more: new Array(500).fill('PID|2||H-78') },
      'error 207 PID^501',
    ],
    ['a merge of nothing (M6)', { type: a40, more: ['MRG|'] }, 'error 101 MRG^1^1'],
    ['a second merge of nothing (M4)', { type: a40, more: ['MRG|H-70', 'PID|2||H-78', 'MRG|'] }, 'error 101 MRG^2^1'],
    ['a visit merge without MRG-1', { type: 'ADT^A42^ADT_A39', more: ['MRG||||||V1'] }, undefined],
  ])('%s: %p', (_, said, expected) => {
    expect(judged(said)).toBe(expected);
  });

  it('takes undecodable bytes elsewhere and refuses them where they decide (C5)', () => {
    const charset = 'UNICODE UTF-8';
    expect(judged({ charset, pid: 'PID|1||H-77||EV#ERYWOMAN^EVE' }, broken)).toBeUndefined();
    expect(judged({ charset, pid: 'PID|1||H-#77||EVERYWOMAN^EVE' }, broken)).toBe('error 102 PID^1^3');
    expect(judged({ charset, pid: 'PID|1|H-#77' }, broken)).toBe('error 102 PID^1^2');
    expect(judged({ charset, type: a40, more: ['MRG|H-#70'] }, broken)).toBe('error 102 MRG^1^1');
  });

  it('refuses a truncated identifier (N5)', () => {
    const said = { version: '2.7', pid: 'PID|1||H-77#^^^HYD^MR' };
    expect(judged(said, (text) => Buffer.from(text.toString().replace('^~\\&', '^~\\&#')))).toBe(
      'error 102 PID^1^3^1^1',
    );
  });
});
