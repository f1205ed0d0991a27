// One look at an Access file, as `access.mjs` starts it in a process of its own: the source as the database adapter opens it, with
// the code of the whole adapter loaded, and deliveries that end here. Sends its parent what it came to and what it cost.
import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { memoryMb } from './usage.mjs';

const build = resolve(process.env.BENCH_DIST ?? 'dist', 'apps/standalone');
const from = (file) => import(join(build, file));
await from('apps/adapter-db/src/open-adapter.js');
const { AdapterDbSettings } = await from('apps/adapter-db/src/config.js');
const { openAccessSource } = await from('apps/adapter-db/src/sources/access/open-access-source.js');

const { path, directory, tables, position } = JSON.parse(process.argv[2]);
const guards = [];
let found;
let report;
const looked = new Promise((resolve) => (report = resolve));
const source = openAccessSource({
  mapping: { name: 'bench', tables },
  connection: { path },
  // The quiet time between the two reads of the file is no cost.
  settings: Object.assign(new AdapterDbSettings(), { DATA_DIR: directory, DB_ACCESS_QUIET_MS: 0 }),
  sourceId: 'bench',
  deploymentKey: new Uint8Array(32).fill(1),
  watch: {
    guard: (kind) => guards.push(kind),
    state: (state) => state !== 'reading' && report(),
    compared: (counts) => (found = counts),
    caughtUp: () => report(),
  },
});

const startedAt = performance.now();
const before = process.cpuUsage();
const run = source.start(position, () => Promise.resolve());
await Promise.race([looked, run]);
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(before);
const peak = memoryMb(process.pid).peak;
await source.stop();
process.send({ found, guards, seconds, cpuSeconds: (user + system) / 1e6, peak });
process.disconnect();
