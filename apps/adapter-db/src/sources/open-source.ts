import type { RowMappingFile } from '@anamnesis/fhir';
import type { AdapterDbSettings } from '../config.js';
import type { RowBook } from '../state/row-book.js';
import { usedColumns } from '../used-columns.js';
import { openAccessSource } from './access/open-access-source.js';
import { BinlogSource } from './binlog/binlog-source.js';
import { openDebeziumSource } from './debezium/open-debezium-source.js';
import type { RowSource } from './row-source.js';
import type { SourceWatch } from './source-watch.js';

const minuteMs = 60_000;
const firstReconnectMs = 250;

export interface OpenSourceOptions {
  readonly name: string;
  readonly mapping: RowMappingFile;
  readonly settings: AdapterDbSettings;
  readonly book: RowBook;
  readonly watch: SourceWatch;
  /** Of registration. */
  readonly sourceId: string;
  readonly deploymentKey: Uint8Array;
}

/** The source that a mapping file names. Throws `SourceFault` for what its connection lacks. */
export function openSource(options: OpenSourceOptions): RowSource {
  const { name, mapping, settings, book, watch } = options;
  const { source, tables } = mapping;
  const reconnectMs = [Math.min(firstReconnectMs, settings.DB_RECONNECT_MS_MAX), settings.DB_RECONNECT_MS_MAX] as const;
  const keys = Object.fromEntries(Object.entries(tables).map(([table, { key }]) => [table, key]));
  const columns = Object.fromEntries(
    Object.entries(tables).map(([table, one]) => [table, [...usedColumns(one).keys()]]),
  );
  switch (source.kind) {
    case 'mysql':
      return new BinlogSource({
        ...{ name, keys, columns, book, watch, connection: source.connection },
        waitingMax: settings.DB_ROWS_WAITING_MAX,
        times: {
          heartbeatMs: settings.DB_HEARTBEAT_MS,
          reconcileMs: (source.connection.reconcileMinutes ?? settings.DB_RECONCILE_MINUTES) * minuteMs,
          rereadMs: settings.DB_REREAD_MS,
          reconnectMs,
        },
      });
    case 'access':
      return openAccessSource({ ...options, connection: source.connection });
    case 'debezium':
      return openDebeziumSource({ connection: source.connection, keys, watch, reconnectMs });
  }
}
