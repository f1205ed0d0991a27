import { parentPort, workerData } from 'node:worker_threads';
import { SourceFault } from '../source-fault.js';
import { AccessTable, openAccess } from './access-tables.js';
import { compareTable, type TableComparison } from './compare-table.js';
import { goOn, type ReadTask, type TableSummary, type WorkerReply } from './worker-protocol.js';

/** Rows in one message to the owner. */
const rowsMax = 1000;

/** Reads and compares everything before it tells anything: whether any of it is to be believed shows in the whole. */
function* answers({ bytes, password, tables, known, secret }: ReadTask): Generator<WorkerReply, undefined> {
  const database = openAccess(bytes, password);
  const comparisons = tables
    .map((spec) => new AccessTable(database, spec))
    .map((table) => {
      const rows = (known.get(table.spec.table) ?? []).map(
        ([key, hash, previous]) => [key, { hash, previous }] as const,
      );
      return compareTable(table, new Map(rows), secret);
    });
  yield { kind: 'summary', tables: comparisons.map(summaryOf) };
  for (const { table, found } of comparisons)
    for (let at = 0; at < found.length; at += rowsMax)
      yield { kind: 'rows', table, rows: found.slice(at, at + rowsMax) };
  yield { kind: 'end' };
  return undefined;
}

function summaryOf({ found, ...rest }: TableComparison): TableSummary {
  const newCount = found.reduce((count, { isNew }) => count + (isNew ? 1 : 0), 0);
  return { ...rest, newCount, changedCount: found.length - newCount };
}

function faultOf(error: unknown): WorkerReply {
  if (error instanceof SourceFault) return { kind: 'fault', code: error.code, message: error.message };
  throw error;
}

if (parentPort !== null) {
  const port = parentPort;
  const replies: Iterator<WorkerReply, undefined> = answers(workerData as ReadTask);
  const answer = (): void => {
    try {
      const { value } = replies.next();
      if (value !== undefined) port.postMessage(value);
    } catch (error) {
      port.postMessage(faultOf(error));
    }
  };
  port.on('message', (message) => {
    if (message === goOn) answer();
  });
  answer();
}
