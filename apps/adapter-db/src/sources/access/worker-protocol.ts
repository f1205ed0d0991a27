import type { TableSpec } from './access-table.js';
import type { TableComparison } from './compare-table.js';
import type { FoundRow } from './found-rows.js';

/** What the thread is started with. */
export interface ReadTask {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly password?: string | undefined;
  readonly tables: readonly TableSpec[];
  /** Of the accepted snapshot, by table, packed: `KnownRows`. */
  readonly known: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly secret: Uint8Array;
}

/** Of a table, without the rows themselves. */
export type TableSummary = Omit<TableComparison, 'found'> & {
  readonly newCount: number;
  readonly changedCount: number;
};

/** To the thread: go on to the next rows. Its answers come one for one; the first, the summary, comes by itself. */
export const goOn = 'go on';

export type WorkerReply =
  | { readonly kind: 'summary'; readonly tables: readonly TableSummary[] }
  | { readonly kind: 'rows'; readonly table: string; readonly rows: readonly FoundRow[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'fault'; readonly code: string; readonly message: string };
