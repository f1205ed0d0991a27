// The product as the benchmarks run it: embedded in one process, or as a cluster on services that run for real. Both
// give the same picture: addresses, tokens, and the processes by name.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFabric, startFabric } from '../../deploy/fabric/network.mjs';
import { nodeFlags } from '../../deploy/stack/cluster/processes.mjs';
import { startKafka } from '../../deploy/stack/kafka.mjs';
import { startMariadb } from '../../deploy/stack/mariadb.mjs';
import { startRedis } from '../../deploy/stack/redis.mjs';

/** BENCH_DIST: the `dist` of another build of the product, to compare with. */
const mains = join(process.env.BENCH_DIST ?? 'dist', 'product');
const startMsMax = 300_000;
/** BENCH_NODE_FLAGS: others than those of `npm run start:cluster`, to compare. */
const clusterFlags = process.env.BENCH_NODE_FLAGS?.split(' ').filter((flag) => flag !== '') ?? nodeFlags;
/** In this order: registration answers the others. */
const apps = ['registration', 'adapter-hl7', 'ledger-writer', 'query'];

// Services end with this process; without a handler a signal would leave them behind.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** As `npm start` runs it. */
export async function startEmbedded({
  environment = {},
  flags = ['--max-semi-space-size=4', '--enable-source-maps'],
} = {}) {
  const directory = temporary();
  const env = { DATA_DIR: directory, HTTP_PORT: '0', MLLP_PORT: '0', LOG_LEVEL: 'warn', ...environment };
  const child = run(`${mains}/standalone.js`, { env, flags, stdout: 'ignore' });
  const file = join(directory, 'sandbox.json');
  await until('standalone', () => existsSync(file), child);
  const { mllp, http, tokens } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    name: 'embedded',
    mllp: [mllp],
    queryUrl: http.baseUrl,
    tokens,
    processes: () => ({ product: child.pid, 'load generator': process.pid }),
    stop: async () => {
      await ended(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One instance of each app, on one Kafka broker, MariaDB, Redis and, with `ledger: 'fabric'`, a Fabric network. */
export async function startCluster({ ledger = 'log', environment = {}, facilities, orderers = 3, log } = {}) {
  const directory = temporary();
  const kafka = await startKafka({ directory: join(directory, 'kafka'), log });
  const mariadb = await startMariadb({ directory: join(directory, 'mariadb'), log });
  const redis = await startRedis({ directory: join(directory, 'redis'), log });
  const fabric = ledger === 'fabric' ? await fabricOf(directory, { facilities, orderers, log }) : undefined;
  const keys = makeKeys(directory);
  const shared = {
    PROFILE: 'cluster',
    ENROLMENT: 'open',
    LOG_LEVEL: 'warn',
    ...keys.environment,
    KAFKA_BROKERS: kafka.brokers.join(','),
    KAFKA_REPLICATION_FACTOR: '1',
    KAFKA_MIN_ISR: '1',
    DATABASE_URL: await mariadb.url('anamnesis'),
    REDIS_URL: redis.url,
    LEDGER: ledger,
    ...(fabric && {
      FABRIC_CHANNEL: fabric.channel,
      FABRIC_ORGANISATIONS_FILE: membersFile(directory, fabric),
    }),
    ...environment,
  };
  await provision(shared);
  const running = {};
  const start = async (app) => {
    running[app] ??= { httpPort: await freePort(), mllpPort: await freePort() };
    const { httpPort, mllpPort } = running[app];
    const env = {
      ...shared,
      DATA_DIR: join(directory, app),
      HTTP_PORT: String(httpPort),
      MLLP_PORT: String(mllpPort),
      REGISTRATION_URL: `http://127.0.0.1:${running.registration.httpPort}`,
    };
    const flags = [...clusterFlags, ...(process.env.BENCH_PROFILE_DIR ? profileFlags(app) : [])];
    await startReady(app, () => (running[app].child = run(`${mains}/${app}.js`, { env, flags })), httpPort);
  };
  await start('registration');
  await Promise.all(apps.slice(1).map(start));
  const product = {
    name: ledger === 'fabric' ? 'cluster, Fabric' : 'cluster, log ledger',
    mllp: [{ host: '127.0.0.1', port: running['adapter-hl7'].mllpPort }],
    queryUrl: `http://127.0.0.1:${running.query.httpPort}`,
    tokens: keys.tokens,
    deploymentKey: keys.deploymentKey,
    processes: () => ({
      ...Object.fromEntries(apps.map((app) => [app, running[app].child.pid])),
      kafka: kafka.pids()[0],
      mariadb: mariadb.pid(),
      redis: redis.pid(),
      ...(fabric && fabricPids(fabric.network)),
      'load generator': process.pid,
    }),
    stopApp: (app) => ended(running[app].child),
    startApp: start,
    stop: async () => {
      for (const app of [...apps].reverse()) await ended(running[app].child);
      await fabric?.network.stop();
      for (const service of [kafka, mariadb, redis]) await service.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return product;
}

/** What `--ledger` says, or Fabric where its commands are; says so when they are not. */
export function ledgerOf(wanted) {
  if (wanted !== undefined) return wanted;
  const found = findFabric();
  if ('bin' in found) return 'fabric';
  console.log(`LEDGER=log: ${found.missing}`);
  return 'log';
}

async function fabricOf(directory, { facilities = { HospitalA: ['MPK'] }, orderers, log }) {
  const network = await startFabric({ directory: join(directory, 'fabric'), facilities, orderers, log });
  return { network, channel: 'c1' };
}

/** Only who is a member of the channel can anchor there. */
function membersFile(directory, { network, channel }) {
  const { organisations } = JSON.parse(readFileSync(network.organisationsFile, 'utf8'));
  const members = organisations.filter(({ name }) => network.description.channels[channel].includes(name));
  const file = join(directory, 'members.json');
  writeFileSync(file, JSON.stringify({ organisations: members }), { mode: 0o600 });
  return file;
}

function fabricPids(network) {
  return Object.fromEntries(network.names().map((name) => [`fabric ${name}`, network.pid(name)]));
}

/** A broker that has just come up may still load its groups: then an app ends, and is started again as it would be anywhere. */
async function startReady(app, spawned, httpPort) {
  for (let attempt = 1; ; attempt++) {
    const child = spawned();
    try {
      await until(app, () => isReady(httpPort), child);
      return;
    } catch (error) {
      if (attempt === 3 || child.exitCode === null) throw error;
    }
  }
}

async function isReady(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

function makeKeys(directory) {
  const place = join(directory, 'keys');
  mkdirSync(place);
  const deploymentKey = randomBytes(32);
  const tokens = { admin: randomBytes(24).toString('base64url'), clinician: randomBytes(24).toString('base64url') };
  const files = {
    DEPLOYMENT_KEY_FILE: deploymentKey.toString('hex'),
    KEK_FILE: randomBytes(32).toString('hex'),
    TOKENS_FILE: JSON.stringify(tokens),
  };
  const environment = { CONTENT_DIR: join(directory, 'content') };
  for (const [name, content] of Object.entries(files)) {
    environment[name] = join(place, name.toLowerCase());
    writeFileSync(environment[name], content, { mode: 0o600 });
  }
  return { tokens, environment, deploymentKey };
}

async function provision(env) {
  const child = run(`${mains}/provision-kafka.js`, { env, stdout: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('topics were not provisioned');
}

function run(main, { env, flags = [], stdout = 'inherit' }) {
  const child = spawn(process.execPath, [...flags, main], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', stdout, 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

/** V8 profiles of the apps, written when they end. */
function profileFlags(app) {
  return ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE_DIR}`, `--cpu-prof-name=${app}.cpuprofile`];
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function until(name, isSo, child) {
  const deadline = performance.now() + startMsMax;
  while (!(await isSo())) {
    if (child.exitCode !== null) throw new Error(`${name} ended at start`);
    if (performance.now() > deadline) throw new Error(`${name} is not ready after ${startMsMax} ms`);
    await sleep(50);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** BENCH_DIR decides the disk. */
function temporary() {
  return mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'anamnesis-bench-'));
}
