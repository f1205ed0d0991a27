import { expect, it } from '@jest/globals';
import { answerOf, faultOf, isAnswerSure, isTemporary, readingOf } from './corpus-verdict.js';

const message = (accept: string, application: string) =>
  readingOf(Buffer.from(`MSH|^~\\&|A|B|||2026||ADT^A08|C1|P|2.5|||${accept}|${application}\r`));
const answer = (code: string, condition = '', controlId = 'C1') => ({ code, condition, controlId, reason: '' });

it.each([
  { accept: '', application: '', right: ['AA', 'AE', 'AR'], wrong: ['CA', 'none'] },
  { accept: 'AL', application: '', right: ['CA', 'CE', 'CR'], wrong: ['AA', 'none'] },
  { accept: 'NE', application: 'NE', right: ['none'], wrong: ['AA', 'CA'] },
  { accept: '', application: 'AL', right: ['none'], wrong: ['AA', 'CA'] },
  { accept: 'ER', application: 'NE', right: ['CE', 'CR', 'none'], wrong: ['CA', 'AA'] },
  { accept: 'SU', application: 'NE', right: ['CA', 'none'], wrong: ['CE', 'AA'] },
  { accept: 'XX', application: '', right: ['CA', 'none', 'AA'], wrong: [] },
])('knows what MSH-15 "$accept" and MSH-16 "$application" permit', ({ accept, application, right, wrong }) => {
  const said = message(accept, application);
  const fault = (code: string) => faultOf(said, code === 'none' ? undefined : answer(code, '207'));
  expect(right.map(fault)).toEqual(right.map(() => undefined));
  expect(wrong.map(fault)).not.toContain(undefined);
});

it('finds an answer to another message, and a refusal without a reason', () => {
  expect(faultOf(message('', ''), answer('AA', '', 'C2'))).toContain('MSA-2');
  expect(faultOf(message('', ''), answer('AE'))).toContain('without a reason');
});

it('tells "later" from other refusals', () => {
  const said = (condition: string, reason: string) => isTemporary({ code: 'AR', controlId: '', condition, reason });
  expect(said('207', 'registration does not answer')).toBe(true);
  expect(said('207', 'the sender is suspended')).toBe(false);
  expect(said('101', 'PID-3 is empty')).toBe(false);
});

it('knows when one answer is due in any case', () => {
  const pairs = [
    ['', ''],
    ['AL', 'NE'],
    ['NE', 'NE'],
    ['', 'AL'],
    ['ER', ''],
    ['SU', ''],
  ] as const;
  expect(pairs.map(([accept, application]) => isAnswerSure(message(accept, application)))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

it('reads answers of both kinds, and what is no message', () => {
  const head = 'MSH|^~\\&|A|B|||2026||ACK|1|P|';
  expect(answerOf(Buffer.from(`${head}2.5\rMSA|AE|C1\rERR||PID^1^3|101^x|||||PID-3 is empty\r`))).toEqual({
    code: 'AE',
    controlId: 'C1',
    condition: '101',
    reason: 'PID-3 is empty',
  });
  expect(answerOf(Buffer.from(`${head}2.3\rMSA|AR|C1|no|||200\rERR|MSH^1^9^200&x\r`))).toMatchObject({
    condition: '200',
    reason: 'no',
  });
  expect(readingOf(Buffer.from('hello\r'))).toEqual({});
});
