import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { readPidFile } from '../deploy/stack/process/pid-file.mjs';
import { provision } from './cluster/provision.js';
import { sharedServices } from './cluster/shared-services.js';
import { type Standalone, startStandalone } from './standalone.js';

/** Until any of them is up. */
export const startMs = 300_000;

/** A way of running the product that a suite runs against. */
export interface Product {
  readonly name: string;
  readonly start: (directory: string) => Promise<Standalone>;
}

const embedded: Product = { name: 'embedded', start: startStandalone };

const services = await sharedServices();

/** Every app as processes of its own, as `npm run start:cluster` runs them. */
const cluster: Product = {
  name: 'cluster',
  start: async (directory) => {
    const environment = { ...services };
    await provision(environment);
    const running = await startStandalone(directory, {
      environment,
      main: 'deploy/stack/start-cluster.mjs',
      readyWithinMs: startMs,
    });
    return {
      ...running,
      intakePid: readPidFile(join(directory, 'adapter-hl7-1', 'process.pid')) ?? 0,
      // SIGKILL means all of them, as a machine that loses power.
      end: (...signals) => {
        if (signals.includes('SIGKILL')) {
          running.child.kill('SIGSTOP'); // it would start them again
          for (const name of readdirSync(directory)) killNoted(join(directory, name, 'process.pid'));
        }
        return running.end(...signals);
      },
    };
  },
};

function killNoted(file: string): void {
  const pid = readPidFile(file);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

/** Runs a suite against the embedded product, and against a cluster on the services of the test run. */
export function describeProducts(name: string, suite: (product: Product) => void): void {
  describe(`${name} (embedded)`, () => {
    suite(embedded);
  });
  (services ? describe : describe.skip)(`${name} (cluster)`, () => {
    suite(cluster);
  });
}
