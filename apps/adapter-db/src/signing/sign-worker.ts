import { parentPort, workerData } from 'node:worker_threads';
import { signEvents } from './sign-events.js';
import type { SigningAnswer, SigningRequest } from './signing-task.js';

if (parentPort === null) throw new Error('sign-worker runs as a worker thread');
const port = parentPort;
const deploymentKey = workerData as Uint8Array;

port.on('message', ({ id, task }: SigningRequest) => {
  try {
    const records = signEvents(task, deploymentKey);
    port.postMessage({ id, records } satisfies SigningAnswer, [records.bytes]);
  } catch (problem) {
    port.postMessage({ id, problem } satisfies SigningAnswer);
  }
});
