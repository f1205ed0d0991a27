import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { Store } from '@anamnesis/store';

/** Where the migrations have been run once for a whole suite: fifty tables cost a test more than all it does. */
let migrated: Promise<string> | undefined;
afterAll(async () => {
  if (migrated !== undefined) await rm(await migrated, { recursive: true });
});

/** A store as the migrations leave it: in `directory`, or in the empty database of that URL. */
export async function openFreshStore(directory: string, databaseUrl?: string): Promise<Store> {
  if (databaseUrl === undefined) {
    migrated ??= migrate();
    await copyFile(join(await migrated, 'store.db'), join(directory, 'store.db'));
  }
  return Store.open({ databaseUrl, directory });
}

async function migrate(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-migrated-'));
  const store = await Store.open({ directory });
  await store.writer.query('PRAGMA wal_checkpoint(TRUNCATE)');
  await store.close();
  return directory;
}
