import { openEventBus } from '@anamnesis/bus';
import { Keys, readSettings } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { Archive } from './archive/archive.js';
import { ContentKeys } from './archive/content-keys.js';
import { QuerySettings } from './config.js';
import { Projector } from './project/projector.js';
import { rebuildProjections } from './project/rebuild-projections.js';

const reportEvery = 10_000;
const namedMax = 10;

/**
 * `npm run rebuild`: makes every projection of query again from its archive. The product must not run meanwhile:
 * embedded, the lock on the data directory sees to it; in a cluster the operator says so with `--query-is-stopped`.
 */
async function rebuild(): Promise<void> {
  const settings = readSettings(QuerySettings, process.env);
  const isEmbedded = settings.PROFILE === 'embedded';
  if (!isEmbedded && !process.argv.includes('--query-is-stopped'))
    throw new Error('stop every query process first, then say --query-is-stopped');
  const directory = settings.DATA_DIR;
  // Held for its lock alone.
  const bus = isEmbedded ? await openEventBus({ backend: 'embedded', directory, report: () => undefined }) : undefined;
  const store = await Store.open({ databaseUrl: settings.DATABASE_URL, directory });
  try {
    const keys = await Keys.open(settings);
    const contentKeys = new ContentKeys(keys);
    const projector = new Projector(store, new Archive(contentKeys), contentKeys, keys);
    const { entries, missing, unreadable } = await rebuildProjections(store, projector, (done, of) => {
      if (done === of || done % reportEvery === 0) process.stdout.write(`${done} of ${of} archive entries\n`);
    });
    process.stdout.write(`rebuilt from ${entries} archive entries\n`);
    if (missing === 0 && unreadable.length === 0) return;
    const named = unreadable.slice(0, namedMax).join(', ');
    process.stderr.write(
      `NOT WHOLE: archive entries deleted: ${missing}, altered so that they do not open: ${unreadable.length} ${named}\n`,
    );
    process.exitCode = 1;
  } finally {
    await store.close();
    await bus?.close();
  }
}

rebuild().catch((error: unknown) => {
  process.stderr.write(`rebuild failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
