// What `binlog.mjs` measures: a process each, with `metric(name)` summed over its labels.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const product = resolve(process.env.BENCH_DIST ?? 'dist', 'product');

const profiles = process.env.BENCH_PROFILE_DIR;
const execArgv = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];

export const products = { adapter: startAdapter, standalone: startStandalone };

/** The database adapter, and nobody who reads what it publishes. */
async function startAdapter(environment) {
  const child = fork(join(import.meta.dirname, 'adapter-alone.mjs'), { env: environmentOf(environment), execArgv });
  await once(child, 'message');
  const metrics = async () => {
    child.send('metrics');
    const [text] = await once(child, 'message');
    return text;
  };
  // One question at a time: an answer does not say to which it belongs.
  let asking = Promise.resolve('');
  const product = productOf(child, () => (asking = asking.then(metrics)));
  return { ...product, stop: () => ended(child, () => child.disconnect()) };
}

async function startStandalone(environment) {
  const ports = { HTTP_PORT: '0', MLLP_PORT: '0', LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, [join(product, 'standalone.js')], {
    env: environmentOf({ ...environment, ...ports }),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { http, tokens } = await until(() =>
    JSON.parse(readFileSync(join(environment.DATA_DIR, 'sandbox.json'), 'utf8')),
  );
  const headers = { authorization: `Bearer ${tokens.admin}` };
  return productOf(child, async () => (await fetch(`${http.baseUrl}/metrics`, { headers })).text());
}

function productOf(child, metrics) {
  return {
    pid: child.pid,
    stop: () => ended(child, () => child.kill('SIGKILL')),
    metric: async (name) => {
      const lines = (await metrics()).split('\n').filter((line) => line.startsWith(`anamnesis_${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
  };
}

async function ended(child, end) {
  const exit = once(child, 'exit');
  end();
  await exit;
}

function environmentOf(environment) {
  const { PATH, BENCH_DIST } = process.env;
  return { PATH, ...(BENCH_DIST !== undefined && { BENCH_DIST }), ...environment };
}

/** Repeats `look` until it gives something; to ask costs the product, too. */
export async function until(look) {
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
    } catch {
      // not there yet
    }
    await sleep(100);
  }
}
