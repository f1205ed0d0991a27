import { parentPort, workerData } from 'node:worker_threads';
import { SourceFault } from '../source-fault.js';
import { openAccess } from './access-file.js';
import { AccessTable } from './access-table.js';
import { compareTable, type TableComparison } from './compare-table.js';
import { KnownRows } from './known-rows.js';
import { goOn, type ReadTask, type TableSummary, type WorkerReply } from './worker-protocol.js';

/** Of a table that was not read before. */
const nothing = new Uint8Array(0);

/** Reads and compares everything before it tells anything: whether any of it is to be believed shows in the whole. */
function* answers({ bytes, password, tables, known, secret }: ReadTask): Generator<WorkerReply, undefined> {
  const file = openAccess(bytes, password);
  const comparisons = tables
    .map((spec) => new AccessTable(file, spec))
    .map((table) => compareTable(table, new KnownRows(known.get(table.spec.table) ?? nothing), secret));
  giveBack(bytes);
  yield { kind: 'summary', tables: comparisons.map(summaryOf) };
  for (const { table, found } of comparisons) for (const rows of found.take()) yield { kind: 'rows', table, rows };
  yield { kind: 'end' };
  return undefined;
}

/** The file is read, and what was found is told for a while yet: its memory goes now, though the thread was started with it. */
function giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
  structuredClone(buffer, { transfer: [buffer] });
}

function summaryOf({ found, ...rest }: TableComparison): TableSummary {
  const { newCount, changedCount } = found;
  return { ...rest, newCount, changedCount };
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
