import { beforeEach, describe, expect, it } from '@jest/globals';
import { sourceOf } from '../../test/registration-double.js';
import { error, type Refusal } from './outcome.js';
import { RefusalLog } from './refusal-log.js';

const source = sourceOf({ facility: 'HYD', application: 'REG' });
const tooLong = (digits: number): Refusal =>
  error(102, 'PID-3 Patient Identifier List: too long', { where: 'PID^1^3^1^1', shape: `${digits} digits` });
let logged: unknown[];
let nowMs: number;
let log: RefusalLog;

beforeEach(() => {
  logged = [];
  nowMs = 0;
  log = new RefusalLog({ warn: (_: unknown, details: unknown) => logged.push(details) }, () => nowMs);
});

const refuse = (outcome: Refusal) => {
  log.note({ source, sizeBytes: 1, outcome });
};

describe('the log of refusals', () => {
  it('says source, code, place and reason', () => {
    refuse(tooLong(212));
    const reason = 'PID-3 Patient Identifier List: too long';
    expect(logged).toEqual([{ source: source.id, code: 102, where: 'PID^1^3^1^1', reason }]);
  });

  it('says what is the same fault once a minute, with how many there were', () => {
    for (const digits of [200, 201, 202]) refuse(tooLong(digits));
    expect(logged).toHaveLength(1);
    nowMs = 60_000;
    refuse(tooLong(203));
    expect(logged).toMatchObject([{}, { alike: 2 }]);
  });

  it('says another fault at once', () => {
    refuse(tooLong(200));
    refuse(error(101, 'PID-3 is empty', 'PID^1^3'));
    expect(logged).toMatchObject([{ code: 102 }, { code: 101 }]);
  });
});
