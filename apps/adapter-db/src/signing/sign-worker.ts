import { parentPort, workerData } from 'node:worker_threads';
import { RowSeal } from '../state/row-seal.js';
import { signEvents } from './sign-events.js';
import type { SigningAnswer, SigningRequest } from './signing-task.js';

if (parentPort === null) throw new Error('sign-worker runs as a worker thread');
const port = parentPort;
const deploymentKey = workerData as Uint8Array;
const seal = new RowSeal(deploymentKey);

port.on('message', ({ id, task }: SigningRequest) => {
  try {
    const records = signEvents(task, deploymentKey);
    const rows = task.rows.map((row) => seal.seal(row));
    port.postMessage({ id, result: { records, rows } } satisfies SigningAnswer, [records.bytes]);
  } catch (problem) {
    port.postMessage({ id, problem } satisfies SigningAnswer);
  }
});
