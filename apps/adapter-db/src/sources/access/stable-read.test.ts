import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockFileOf, stableRead } from './stable-read.js';

const options = { quietMs: 30, lockedQuietMs: 60, readsMax: 3, fileBytesMax: 1000 };
const never = new AbortController().signal;

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stable-read-'));
  path = join(directory, 'hospital.accdb');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a copy of a file that others write', () => {
  it('is the file as it stands, with its digest and time', async () => {
    await writeFile(path, 'abc');
    const { bytes, digest, modifiedAtMs } = await stableRead(path, options, never);
    expect(Buffer.from(bytes).toString()).toBe('abc');
    expect(digest).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(Math.abs(modifiedAtMs - Date.now())).toBeLessThan(60_000);
  });

  it('is not made while the file changes between its two reads', async () => {
    await writeFile(path, 'a');
    const writing = setInterval(() => void appendFile(path, 'b'), 5);
    try {
      await expect(stableRead(path, options, never)).rejects.toMatchObject({ code: 'access-file-busy' });
    } finally {
      clearInterval(writing);
    }
  });

  it('is not made of a file that was written in place and has its old size', async () => {
    await writeFile(path, 'a'.repeat(100));
    let round = 0;
    const writing = setInterval(() => void writeFile(path, String(round++ % 10).repeat(100), { flag: 'r+' }), 5);
    try {
      await expect(stableRead(path, options, never)).rejects.toMatchObject({ code: 'access-file-busy' });
    } finally {
      clearInterval(writing);
    }
  });

  it('waits longer while a lock file is there, and reads all the same', async () => {
    await writeFile(path, 'abc');
    await writeFile(lockFileOf(path), '');
    const startedAt = performance.now();
    await stableRead(path, options, never);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(options.lockedQuietMs - 1);
  });

  it.each([
    ['hospital.mdb', 'hospital.ldb'],
    ['HOSPITAL.ACCDB', 'HOSPITAL.laccdb'],
  ])('knows the lock file of %s', (file, lock) => {
    expect(lockFileOf(file)).toBe(lock);
  });

  it('says why a file is not there, and which one is too large', async () => {
    await expect(stableRead(path, options, never)).rejects.toMatchObject({
      code: 'access-file-missing',
      message: 'the file cannot be read: ENOENT',
    });
    await writeFile(path, 'x'.repeat(1001));
    await expect(stableRead(path, options, never)).rejects.toMatchObject({ code: 'access-file-too-large' });
  });

  it('stops waiting when it is told to', async () => {
    await writeFile(path, 'abc');
    const stopping = new AbortController();
    const reading = stableRead(path, { ...options, quietMs: 60_000 }, stopping.signal);
    stopping.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
