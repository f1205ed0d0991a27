import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { judgeForeign } from './judge-foreign.js';

const said = (name: string, more: object = {}) => Object.assign(new Error('said so'), { name, ...more });

describe('why topics are not read', () => {
  it.each([
    ['topic-missing', said('KafkaJSProtocolError', { type: 'UNKNOWN_TOPIC_OR_PARTITION' })],
    [
      'not-authorised',
      said('KafkaJSNumberOfRetriesExceeded', { cause: said('x', { type: 'TOPIC_AUTHORIZATION_FAILED' }) }),
    ],
    ['not-authenticated', said('KafkaJSSASLAuthenticationError')],
    ['certificate-refused', said('KafkaJSConnectionError', { code: 'SELF_SIGNED_CERT_IN_CHAIN' })],
    ['unreachable', said('KafkaJSConnectionError', { code: 'ECONNREFUSED' })],
    ['unreachable', said('KafkaJSProtocolError', { type: 'NOT_LEADER_FOR_PARTITION' })],
    ['unreachable', new Unavailable('bus', 'fetch: no answer within 30000 ms')],
    ['unreadable', said('RangeError')],
  ])('is %s of %s', (fault, error) => {
    expect(judgeForeign(error, 'reading')).toMatchObject({ fault, message: expect.stringMatching(/^reading: /) });
  });

  it('tells nothing of what a defect says', () => {
    expect(judgeForeign(new RangeError('Secret'), 'reading').message).toBe('reading: RangeError');
  });
});
