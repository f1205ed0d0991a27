import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';

const waitMsMax = 10 * 60_000;
const pauseMs = 100;

/**
 * Runs `work` while no other process does so under the same file. The lock is SQLite's on an empty database: the
 * operating system lets go of it when its holder dies, so none is ever stale.
 */
export async function underLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: 0 });
  try {
    await acquire(database, file);
    return await work();
  } finally {
    database.close();
  }
}

async function acquire(database, file) {
  const deadline = performance.now() + waitMsMax;
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (error) {
      if (!String(error.code).startsWith('SQLITE_BUSY') || performance.now() > deadline)
        throw new Error(`${file} cannot be locked: ${error.message}`, { cause: error });
    }
    await sleep(pauseMs);
  }
}
