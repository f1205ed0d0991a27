import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '../message/parse-message.js';
import { hasBurmese, unicodeOfZawgyi } from './zawgyi.js';

/** The same name and the same country, typed for the Zawgyi font and in Unicode. */
const zawgyi = ['\u1031\u1021\u102C\u1004\u1039\u1031\u1000\u103A\u102C\u1039', '\u103B\u1019\u1014\u1039\u1019\u102C'];
const unicode = [
  '\u1021\u1031\u102C\u1004\u103A\u1000\u103B\u1031\u102C\u103A',
  '\u1019\u103C\u1014\u103A\u1019\u102C',
];

describe('Burmese in Zawgyi', () => {
  it('is told from Unicode, and has a Unicode form', () => {
    expect(zawgyi.map(unicodeOfZawgyi)).toEqual(unicode);
    expect(unicode.map(unicodeOfZawgyi)).toEqual([undefined, undefined]);
  });

  it('is nothing that other scripts are taken for', () => {
    for (const text of ['', 'EVERYWOMAN', '\u65E5\u672C', '\u0645\u062D\u0645\u062F', '\u10D0\u10D1'])
      expect([unicodeOfZawgyi(text), hasBurmese(Buffer.from(text))]).toEqual([undefined, false]);
  });

  it('is flagged by place and stays as it was sent', () => {
    const [name = '', country = ''] = zawgyi;
    const head = 'MSH|^~\\&|A|B|||||ADT^A08|1|P|2.5||||||UNICODE UTF-8';
    const message = parseMessage(Buffer.from(`${head}\rPID|1||7||${name}^EVE||||||${country}\rNTE|1||${unicode[0]}\r`));
    expect(message.warnings.map(({ code, location }) => [code, location?.segment, location?.field])).toEqual([
      ['zawgyi', 'PID', 5],
      ['zawgyi', 'PID', 11],
    ]);
    expect(message.first('PID')?.field(5).text()).toBe(name);
  });

  it('of any length is judged in no time', () => {
    const long = (zawgyi[0] ?? '').repeat(100_000);
    const started = process.cpuUsage();
    expect(unicodeOfZawgyi(long)).toBeUndefined();
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
  });
});
