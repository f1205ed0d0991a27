import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const main = 'dist/product/provision-kafka.js';

/** Makes the topics of a cluster, as an operator does before the first start. Those that are there stay. */
export async function provision(settings: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], PROFILE: 'cluster', ...settings },
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`topics were not provisioned: ${(await output).join('')}`);
}
