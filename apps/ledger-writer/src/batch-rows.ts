import type { Store } from '@anamnesis/store';
import type { Content, SealedRow } from './side-by-side.js';

/** Rows in memory at a time. */
const pageRows = 500;

type OwnedRow = SealedRow & { readonly organisation: string };
type NumberedRow = SealedRow & { readonly sequence: number };
type AnnouncedRow = Content & { readonly batchId: string };

const sealedColumns = 'batchId, root, previousRoot, size, anchoredAt';

/** What we sealed of an organisation, in the order of batch ids. */
export async function* sealedById(store: Store, organisation: string): AsyncIterable<SealedRow> {
  // Of all: asked for one organisation's, databases collect these and sort them, for every page anew.
  const sql = `SELECT organisation, ${sealedColumns} FROM sealed_batch WHERE batchId > ? ORDER BY batchId LIMIT ?`;
  for await (const row of pages<OwnedRow>((last) => rowsOf(store, sql, [last?.batchId ?? ''])))
    if (row.organisation === organisation) yield row;
}

/** The same in the order in which it was sealed. */
export function sealedInOrder(store: Store, organisation: string): AsyncIterable<SealedRow> {
  const sql =
    `SELECT sequence, ${sealedColumns} FROM sealed_batch WHERE organisation = ? AND sequence > ? ` +
    `ORDER BY sequence LIMIT ?`;
  return pages<NumberedRow>((last) => rowsOf(store, sql, [organisation, last?.sequence ?? 0]));
}

/** What the ledger announced to an organisation of one writer, in the order of batch ids. */
export function announcedById(
  store: Store,
  { organisation, writer }: { readonly organisation: string; readonly writer: string },
): AsyncIterable<AnnouncedRow> {
  const sql =
    `SELECT batchId, root, previousRoot, size FROM ledger_event WHERE organisation = ? AND writer = ? AND batchId > ? ` +
    `ORDER BY batchId LIMIT ?`;
  return pages<AnnouncedRow>((last) => rowsOf(store, sql, [organisation, writer, last?.batchId ?? '']));
}

export async function sealedOf(store: Store, organisation: string, batchId: string): Promise<SealedRow | undefined> {
  const sql = `SELECT ${sealedColumns} FROM sealed_batch WHERE organisation = ? AND batchId = ? LIMIT ?`;
  const [row] = await rowsOf<SealedRow>(store, sql, [organisation, batchId]);
  return row;
}

/** Reads every such batch there is: for what is looked for rarely. */
export async function sealedWithRoot(store: Store, organisation: string, root: string): Promise<readonly SealedRow[]> {
  const sql = `SELECT ${sealedColumns} FROM sealed_batch WHERE organisation = ? AND root = ? LIMIT ?`;
  return rowsOf<SealedRow>(store, sql, [organisation, root]);
}

/** `after` reads what follows a row; the first page follows none. */
async function* pages<Row>(after: (last: Row | undefined) => Promise<readonly Row[]>): AsyncIterable<Row> {
  for (let rows = await after(undefined); rows.length > 0; rows = await after(rows.at(-1))) yield* rows;
}

function rowsOf<Row>({ reader }: Store, sql: string, values: readonly unknown[]): Promise<Row[]> {
  return reader.manager.query<Row[]>(sql, [...values, pageRows]);
}
