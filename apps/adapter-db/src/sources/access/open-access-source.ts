import { join } from 'node:path';
import type { AccessConnection, RowMappingFile } from '@anamnesis/fhir';
import type { AdapterDbSettings } from '../../config.js';
import { usedColumns } from '../../used-columns.js';
import { passwordOf } from '../password-of.js';
import type { SourceWatch } from '../source-watch.js';
import { AccessSource } from './access-source.js';
import { HoldNotes } from './hold-notes.js';
import { reportTo } from './report-state.js';
import { SnapshotBook } from './snapshot-book.js';

/** For the reads of one look: a large file on a slow line takes minutes. */
const hungMs = 600_000;

export interface OpenAccessOptions {
  readonly mapping: Pick<RowMappingFile, 'name' | 'tables'>;
  readonly connection: AccessConnection;
  readonly settings: AdapterDbSettings;
  /** Of registration: the snapshot is this source's, whatever its mapping is called. */
  readonly sourceId: string;
  readonly deploymentKey: Uint8Array;
  readonly watch: SourceWatch;
}

/** The source of an Access file as its mapping file says; what it does not say, the settings do. Throws `SourceFault`. */
export function openAccessSource({ mapping, connection, settings, ...options }: OpenAccessOptions): AccessSource {
  const { sourceId, deploymentKey, watch } = options;
  const directory = join(settings.DATA_DIR, 'adapter-db');
  // What is missing from the start is a fault before anything is read.
  passwordOf(connection);
  return new AccessSource({
    path: connection.path,
    passwordOf: () => passwordOf(connection),
    tables: Object.entries(mapping.tables).map(([table, one]) => ({
      ...{ table, key: one.key, columns: [...usedColumns(one).keys()] },
    })),
    reading: {
      quietMs: connection.quietMs ?? settings.DB_ACCESS_QUIET_MS,
      lockedQuietMs: Math.max(connection.quietMs ?? 0, settings.DB_ACCESS_LOCKED_QUIET_MS),
      readsMax: settings.DB_ACCESS_READS_MAX,
      fileBytesMax: settings.DB_ACCESS_FILE_BYTES_MAX,
    },
    rules: {
      lostShareMax: connection.vanishedShareMax ?? settings.DB_ACCESS_VANISHED_SHARE_MAX,
      lostRowsMin: settings.DB_ACCESS_VANISHED_ROWS_MIN,
    },
    pollMs: connection.pollSeconds === undefined ? settings.DB_ACCESS_POLL_MS : connection.pollSeconds * 1000,
    hungMs,
    now: Date.now,
    notes: new HoldNotes(directory, mapping.name),
    openBook: () => new SnapshotBook(join(directory, `${sourceId}.access.db`), deploymentKey),
    report: reportTo(watch),
  });
}
