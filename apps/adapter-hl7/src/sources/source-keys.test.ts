import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { SourceKeys } from '@anamnesis/runtime';
import { RegistrationDouble } from '../../test/registration-double.js';
import { until } from '../../test/until.js';

const sourceId = 'abcdefghij234567';
let directory: string;
let registration: RegistrationDouble;
let revoked: Set<string>;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'anamnesis-keys-')), 'adapter-hl7');
  registration = new RegistrationDouble();
  revoked = new Set();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(join(directory, '..'), { recursive: true });
});

function open(retryMs = 0): SourceKeys {
  return new SourceKeys({ directory, registration, isRevoked: (serial) => revoked.has(serial), retryMs });
}

describe('SourceKeys', () => {
  it('enrols once for calls that come together, and not again after a restart', async () => {
    const keys = open();
    expect(keys.present(sourceId)).toBeUndefined();
    const [first, second] = await Promise.all([keys.open(sourceId), keys.open(sourceId)]);
    expect(second).toBe(first);
    const reopened = await open().open(sourceId);
    expect(reopened.certificateSerial).toBe(first.certificateSerial);
    expect(reopened.key.equals(first.key)).toBe(true);
    expect(registration.issued).toHaveLength(1);
  });

  it('leaves whole files that only their owner reads', async () => {
    await open().open(sourceId);
    expect((await readdir(directory)).sort()).toEqual([`${sourceId}.certificate.json`, `${sourceId}.key.pem`]);
    for (const file of await readdir(directory)) expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
  });

  it('goes on with the same key where an enrolment was cut off', async () => {
    registration.mode = 'away';
    await expect(open().open(sourceId)).rejects.toThrow(Unavailable);
    expect(await readdir(directory)).toEqual([`${sourceId}.key.pem`]);
    registration.mode = 'open';
    const { certificateSerial } = await open().open(sourceId);
    expect(registration.issued.map(({ serial }) => serial)).toEqual([certificateSerial]);
  });

  it('does not ask again at once after a failure', async () => {
    const keys = open(60_000);
    registration.mode = 'away';
    await expect(keys.open(sourceId)).rejects.toThrow(Unavailable);
    registration.mode = 'open';
    await expect(keys.open(sourceId)).rejects.toThrow(Unavailable);
    expect(registration.issued).toHaveLength(0);
  });

  it('renews at two thirds of the life while the old certificate signs', async () => {
    const keys = open();
    registration.lifeMs = 2000;
    const first = await keys.open(sourceId);
    registration.lifeMs = 3_600_000;
    let signing = keys.present(sourceId);
    await until(() => {
      signing = keys.present(sourceId) ?? signing;
      return signing?.certificateSerial !== first.certificateSerial;
    });
    expect(registration.issued).toHaveLength(2);
    expect(signing?.key.equals(first.key)).toBe(true);
  });

  it('keeps signing with a revoked certificate instead of replacing it', async () => {
    const keys = open();
    registration.lifeMs = 10;
    const { certificateSerial } = await keys.open(sourceId);
    revoked.add(certificateSerial);
    expect(keys.present(sourceId)?.certificateSerial).toBe(certificateSerial);
    await expect(open().open(sourceId)).resolves.toMatchObject({ certificateSerial });
    expect(registration.issued).toHaveLength(1);
  });

  it('signs nothing before its certificate begins, by a clock that went back, and asks for no other', async () => {
    const keys = open();
    const { certificateSerial } = await keys.open(sourceId);
    const right = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(right - 86_400_000);
    expect(keys.present(sourceId)).toBeUndefined();
    for (const one of [keys, open()])
      await expect(one.open(sourceId)).rejects.toMatchObject({ name: 'Unavailable', dependency: 'clock' });
    expect(registration.issued).toHaveLength(1);
    jest.spyOn(Date, 'now').mockReturnValue(right + 1);
    expect(keys.present(sourceId)?.certificateSerial).toBe(certificateSerial);
  });

  it('refuses an id that is no file name', async () => {
    await expect(open().open('../etc/passwd')).rejects.toThrow();
  });
});
