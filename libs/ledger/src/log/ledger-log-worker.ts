import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';
import { Rejected } from '@anamnesis/core';
import { auditStep } from './audit-log.js';
import { LogDamaged } from './log-damaged.js';
import type {
  LogAnswer,
  LogMessage,
  LogOpened,
  LogOutcome,
  LogRequest,
  LogResults,
  LogSettings,
} from './log-protocol.js';
import { openLog } from './open-log.js';

/**
 * The log thread: owns `ledger.db` and the signing key, and alone waits for the disk. Everything that arrived while the
 * last commit was being written goes under the next checkpoint (group commit), and is answered only after it.
 */
const port = parentPort;
if (port === null) throw new Error('ledger-log-worker runs as a worker thread');

const log = openLog(workerData as LogSettings);
let waiting: LogMessage[] = [];

port.on('message', (message: LogMessage) => {
  if (waiting.push(message) === 1) setImmediate(flush);
});
port.postMessage({ opened: { origin: log.tree.key.name, vkey: log.vkey } } satisfies LogOpened);

function flush(): void {
  const batch = waiting;
  waiting = [];
  const answers = [...anchorAll(batch), ...batch.filter(({ request }) => request.kind !== 'anchor').map(answerOne)];
  port?.postMessage(answers);
  if (batch.some(({ request }) => request.kind === 'close')) {
    log.file.close();
    port?.close();
  }
}

function anchorAll(batch: readonly LogMessage[]): readonly LogAnswer[] {
  const anchors = batch.flatMap(({ id, request }) => (request.kind === 'anchor' ? [{ id, entry: request.entry }] : []));
  if (anchors.length === 0) return [];
  try {
    const outcomes = log.tree.append(anchors.map(({ entry }) => entry));
    return outcomes.map((outcome, n) => ({
      id: anchors[n]?.id ?? 0,
      ...(outcome instanceof Rejected ? failure(outcome) : { value: outcome }),
    }));
  } catch (error) {
    return anchors.map(({ id }) => ({ id, ...failure(error) }));
  }
}

function answerOne({ id, request }: LogMessage): LogAnswer {
  try {
    return { id, value: run(request) };
  } catch (error) {
    return { id, ...failure(error) };
  }
}

function run(request: LogRequest): LogResults[keyof LogResults] {
  switch (request.kind) {
    case 'find':
      return log.tree.find(request.batchId);
    case 'prove':
      return log.tree.prove(request.anchor);
    case 'checkpoint':
      return log.tree.headNote;
    case 'consistency':
      return log.tree.consistency(request.first, request.second);
    case 'audit':
      return auditStep(log, request.from);
    case 'anchor': // in `anchorAll`
    case 'close':
      return undefined;
  }
}

function failure(error: unknown): LogOutcome {
  if (error instanceof Rejected) return { rejected: error.code, message: error.message };
  if (error instanceof LogDamaged || error instanceof Database.SqliteError) return { unavailable: error.message };
  return { defect: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' };
}
