import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceFault } from '../source-fault.js';

export interface StableReadOptions {
  /** Between the two reads that have to be equal. */
  readonly quietMs: number;
  /** The same while a lock file says that somebody has the database open, or had when it crashed. */
  readonly lockedQuietMs: number;
  /** Pairs of reads; then the file is being written all the time and the next poll tries again. */
  readonly readsMax: number;
  /** The whole file is held in memory. */
  readonly fileBytesMax: number;
}

/** A copy of the file as it was at one time. */
export interface StableFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, lower-case hex. */
  readonly digest: string;
  readonly modifiedAtMs: number;
}

/** Access opens `x.ldb` beside `x.mdb` and `x.laccdb` beside `x.accdb` as long as anybody has the database open. */
export function lockFileOf(path: string): string {
  return path.replace(/\.mdb$/i, '.ldb').replace(/\.accdb$/i, '.laccdb');
}

/**
 * Copies a database that its users go on writing. Access writes pages in place and in any order, so a copy taken
 * meanwhile mixes two states, and some mixes read well and are wrong: two reads, a quiet time apart, have to be equal
 * byte for byte with the file's size and time unchanged. A lock file lengthens the quiet time, its absence proves
 * nothing. The file is opened for reading alone and no lock is asked for, so nobody at the hospital waits for us.
 */
export async function stableRead(path: string, options: StableReadOptions, signal: AbortSignal): Promise<StableFile> {
  for (let read = 0; read < options.readsMax; read++) {
    const before = await statFile(path, options);
    const digest = await digestOf(path);
    const isLocked = await exists(lockFileOf(path));
    await sleep(isLocked ? options.lockedQuietMs : options.quietMs, undefined, { signal });
    const bytes = await readWhole(path, before.size);
    const after = await statFile(path, options);
    const isQuiet = bytes.length === after.size && before.size === after.size && before.mtimeMs === after.mtimeMs;
    if (isQuiet && sha256(bytes) === digest) return { bytes, digest, modifiedAtMs: Math.floor(after.mtimeMs) };
  }
  throw new SourceFault('access-file-busy', `the file was written during each of ${options.readsMax} reads`);
}

async function statFile(path: string, { fileBytesMax }: StableReadOptions): Promise<{ size: number; mtimeMs: number }> {
  const { size, mtimeMs } = await translated(() => stat(path));
  if (size > fileBytesMax)
    throw new SourceFault('access-file-too-large', `the file has ${size} bytes, at most ${fileBytesMax} are read`);
  return { size, mtimeMs };
}

/** Through a small buffer: two whole copies in memory at once are not needed to compare them. */
async function digestOf(path: string): Promise<string> {
  return translated(async () => {
    const hash = createHash('sha256');
    const file = await open(path, 'r');
    try {
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    } finally {
      await file.close();
    }
    return hash.digest('hex');
  });
}

/** At most the size that was seen: a file that grows meanwhile is not equal anyway. */
async function readWhole(path: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  return translated(async () => {
    const bytes = new Uint8Array(size);
    const file = await open(path, 'r');
    try {
      let length = 0;
      while (length < size) {
        const { bytesRead } = await file.read(bytes, length, size - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A share that is away and a right that is missing look alike to a person: the file cannot be read, and why. */
async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SourceFault('access-file-missing', `the file cannot be read: ${code ?? 'unknown'}`, { cause });
  }
}
