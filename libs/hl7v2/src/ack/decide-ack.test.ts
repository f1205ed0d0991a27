import { describe, expect, it } from '@jest/globals';
import { decideAck, wantsApplicationAck, type AckOutcome, type AckPolicy } from './decide-ack.js';

const outcomes: readonly AckOutcome[] = ['done', 'error', 'reject', 'unavailable'];
const answers = (acceptAck: string, applicationAck: string, policy?: AckPolicy): string =>
  outcomes.map((outcome) => decideAck({ acceptAck, applicationAck }, outcome, policy) ?? '-').join(' ');

describe('decide ack', () => {
  it.each([
    ['', '', 'AA AE AR AR'],
    ['AL', '', 'CA CE CR CE'],
    ['AL', 'NE', 'CA CE CR CE'],
    ['AL', 'AL', 'CA CE CR CE'],
    ['ER', 'NE', '- CE CR CE'],
    ['SU', '', 'CA - - -'],
    ['NE', 'NE', '- - - -'],
    ['NE', '', '- - - -'],
    ['', 'AL', '- - - -'],
    ['NE', 'AL', '- - - -'],
    ['al', '', 'CA CE CR CE'],
    ['XX', '', 'CA CE CR CE'],
  ])('answers MSH-15 %j and MSH-16 %j by table 0155', (accept, application, expected) => {
    expect(answers(accept, application)).toBe(expected);
  });

  it('follows the policy of the feed', () => {
    expect(answers('AL', '', 'original')).toBe('AA AE AR AR');
    expect(answers('NE', 'NE', 'original')).toBe('AA AE AR AR');
    expect(answers('', '', 'enhanced')).toBe('CA CE CR CE');
    expect(answers('NE', '', 'enhanced')).toBe('- - - -');
    expect(answers('AL', '', 'enhanced-answer-AA')).toBe('AA AE AR AR');
    expect(answers('ER', 'NE', 'enhanced-answer-AA')).toBe('- AE AR AR');
    expect(answers('', '', 'enhanced-answer-AA')).toBe('AA AE AR AR');
  });

  it('knows when an application answer is to follow', () => {
    const wants = (applicationAck: string): string =>
      outcomes.map((one) => Number(wantsApplicationAck({ applicationAck }, one))).join('');
    expect([wants(''), wants('NE'), wants('AL'), wants('ER'), wants('SU')]).toEqual([
      '0000',
      '0000',
      '1111',
      '0111',
      '1000',
    ]);
  });
});
