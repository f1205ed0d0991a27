import { describe, expect, it } from '@jest/globals';
import { decideAck, decideApplicationAck, type AckOutcome, type AckPolicy } from './decide-ack.js';

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

  it('knows which application answer is to follow', () => {
    const later = (applicationAck: string, policy?: AckPolicy, messageCode = 'ADT'): string =>
      outcomes.map((one) => decideApplicationAck({ applicationAck, messageCode }, one, policy) ?? '-').join(' ');
    const none = '- - - -';
    expect([later(''), later('NE')]).toEqual([none, none]);
    expect([later('AL'), later('ER'), later('su')]).toEqual(['AA AE AR AR', '- AE AR AR', 'AA - - -']);
    expect([later('AL', 'enhanced'), later('AL', 'enhanced-answer-AA')]).toEqual(['AA AE AR AR', 'AA AE AR AR']);
    expect([later('AL', 'original'), later('AL', 'auto', 'ACK')]).toEqual([none, none]);
  });
});
