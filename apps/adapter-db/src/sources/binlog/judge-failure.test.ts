import { describe, expect, it } from '@jest/globals';
import { judgeFailure } from './judge-failure.js';

describe('a failure of the connection', () => {
  it.each([
    ['ER_ACCESS_DENIED_ERROR', 'access-denied'],
    ['ER_TABLEACCESS_DENIED_ERROR', 'grants-missing'],
    ['HANDSHAKE_NO_SSL_SUPPORT', 'tls-not-offered'],
    ['HANDSHAKE_SSL_ERROR', 'tls-refused'],
    ['ER_SECURE_TRANSPORT_REQUIRED', 'tls-required'],
  ])('%s is for a person to mend: %s', (code, expected) => {
    const problem = Object.assign(new Error('INSERT INTO patient VALUES (7)'), { code });
    expect(() => judgeFailure(problem)).toThrow(expect.objectContaining({ code: expected }));
    expect(() => judgeFailure(problem)).toThrow(/^(?!.*patient)/);
  });

  it.each([
    [
      { errno: 1236, code: 'ER_MASTER_FATAL_ERROR_READING_BINLOG' },
      { kind: 'gap', reason: 'log-purged' },
    ],
    [
      { errno: 1236, message: 'a slave with the same server_id' },
      { kind: 'clash', reason: 'server-id' },
    ],
    [{ code: 'ECONNRESET' }, { kind: 'lost', reason: 'ECONNRESET' }],
    [{ context: { code: 'ETIMEDOUT' } }, { kind: 'lost', reason: 'ETIMEDOUT' }],
    [{}, { kind: 'lost', reason: 'broken' }],
  ])('%j is %j', (problem, failure) => {
    expect(judgeFailure(problem)).toEqual(failure);
  });
});
