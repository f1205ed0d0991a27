import { expect, it } from '@jest/globals';
import { describeAnswer } from './describe-answer.js';

const latin = (text: string) => Buffer.from(text, 'latin1');
const sent = (controlId: string, delimiters = '|^~\\&') =>
  latin(`MSH${delimiters}|PAS|MPK|||20260301||ADT^A08|${controlId}|P|2.5.1\rPID|1\r`);
const answer = (...segments: readonly string[]) =>
  latin(['MSH|^~\\&|ANAMNESIS|HUB|||20260301||ACK|A1|P|2.5.1', ...segments].join('\r'));

it('tells the code, and of a refusal the condition and the place', () => {
  expect(describeAnswer(sent('M-1'), answer('MSA|AA|M-1'))).toBe('AA');
  expect(describeAnswer(sent('M-1'), answer('MSA|AE|M-1', 'ERR|||101|E||||PID-3 is empty'))).toBe(
    'AE 101 (PID-3 is empty)',
  );
});

it('takes no answer to another message for one to this', () => {
  expect(describeAnswer(sent('M-2'), answer('MSA|AA|M-1'))).toBe('another: AA to M-1');
  expect(describeAnswer(sent('M-2'), answer('MSA|AA'))).toBe('another: AA to no message');
  expect(describeAnswer(sent(''), answer('MSA|AA|M-1'))).toBe('another: AA to M-1');
  expect(describeAnswer(sent(''), answer('MSA|AA'))).toBe('AA');
});

it('knows a control id that is answered in other words of the same text', () => {
  expect(describeAnswer(sent('A&B', '|^~\\#'), answer('MSA|AA|A\\T\\B'))).toBe('AA');
  expect(describeAnswer(sent('A\\T\\B'), answer('MSA|AA|A\\T\\B'))).toBe('AA');
});

it('says that what came answers nothing', () => {
  expect(describeAnswer(sent('M-1'), answer('PID|1'))).toBe('none: what came has no MSA');
});
