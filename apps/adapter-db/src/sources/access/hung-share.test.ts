import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../test/until.js';
import { AccessSource, type AccessState } from './access-source.js';
import { HoldNotes } from './hold-notes.js';
import { SnapshotBook } from './snapshot-book.js';

const hourMs = 60 * 60 * 1000;

/** A pipe that nobody writes into: whoever opens it to read waits, as on a share that is away. */
describe('an Access file on a share that hangs', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hung-share-'));
    path = join(directory, 'hospital.mdb');
    execFileSync('mkfifo', [path]);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const sourceOf = (hungMs: number, report: (state: AccessState) => void) =>
    new AccessSource({
      ...{ path, passwordOf: () => '', tables: [{ table: 'Persons', key: ['Number'] }], hungMs, report },
      reading: { quietMs: 1, lockedQuietMs: 1, readsMax: 1, fileBytesMax: 1024 },
      ...{ rules: { lostShareMax: 0.3, lostRowsMin: 20 }, pollMs: hourMs, now: Date.now },
      notes: new HoldNotes(directory, 'hospital'),
      openBook: () => new SnapshotBook(join(directory, 'book.db'), Buffer.alloc(32, 7)),
    });
  /** The thread that waits goes on; until it does there is nobody to write for. */
  const release = () =>
    until(() => {
      try {
        closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
        return true;
      } catch {
        return false;
      }
    });

  it('is waited for by no stop', async () => {
    const source = sourceOf(hourMs, () => undefined);
    const ended = source.start(undefined, () => Promise.resolve());
    await until(() => process.getActiveResourcesInfo().includes('FSReqPromise'));
    await source.stop();
    await ended;
    await release();
  });

  it('is told as away, and asked for nothing more until it answers', async () => {
    const states: AccessState[] = [];
    let told: () => void = () => undefined;
    const source = sourceOf(1, (state) => {
      states.push(state);
      told();
    });
    const next = () => new Promise<void>((resolve) => (told = resolve));
    const first = next();
    const ended = source.start(undefined, () => Promise.resolve());
    await first;
    const second = next();
    source.look();
    await second;
    const fault = { code: 'access-file-missing', message: 'the file cannot be read: its share does not answer' };
    expect(states).toMatchObject([{ fault }, { fault }]);
    await source.stop();
    await ended;
    await release();
  });
});
