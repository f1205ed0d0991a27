import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory as defaultCache } from './paths.mjs';
import { Daemon } from './process/daemon.mjs';
import { provisionJars } from './process/maven.mjs';
import { openAccess, startSurvivingTakenPort } from './process/service-directory.mjs';
import { Hopeless } from './process/until.mjs';
import { silent, step } from './progress.mjs';

const pom = join(import.meta.dirname, 'connect', 'pom.xml');
const logging = join(import.meta.dirname, 'kafka', 'log4j2.properties');
const main = 'org.apache.kafka.connect.cli.ConnectStandalone';
const jvm = [
  '-Xms64m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Dlog4j2.configurationFile=${logging}`,
];
const host = '127.0.0.1';
const flushMs = 500;
const statusMsMax = 5_000;
const converter = 'org.apache.kafka.connect.json.JsonConverter';

/** See connect.d.mts. */
export async function startConnect({ directory, brokers, connectors, cacheDirectory = defaultCache, log = silent }) {
  const { java, classPath } = await provisionJars({
    ...{ what: 'Kafka Connect with Debezium', name: 'connect', pom, cacheDirectory, log },
  });
  const places = join(directory, 'places');
  mkdirSync(places, { recursive: true });
  const names = Object.keys(connectors);
  const fileOf = (name) => join(directory, `${name}.properties`);
  const daemon = new Daemon({
    ...{ name: 'connect', directory },
    command: () => ({ file: java, args: [...jvm, '-cp', classPath, main, ...['worker', ...names].map(fileOf)] }),
  });
  const start = async () => {
    const { port } = await openAccess(directory, daemon);
    writeProperties(fileOf('worker'), worker({ brokers, port, placeFile: join(places, 'offsets') }));
    for (const [name, settings] of Object.entries(connectors)) writeProperties(fileOf(name), { name, ...settings });
    await daemon.start();
    await daemon.ready(() => Promise.all(names.map((name) => look(name, port))));
  };
  const startAnyhow = () => step(log, `connect: ${names.join(' and ')} ready`, () => startSurvivingTakenPort(start));
  await startAnyhow();
  return {
    start: startAnyhow,
    kill: () => daemon.kill(),
    pid: () => daemon.pid(),
    noted: () => readFile(join(places, 'offsets'), 'latin1'),
    unnoted: async (work) => {
      renameSync(places, `${places}.aside`);
      try {
        await work();
      } finally {
        renameSync(`${places}.aside`, places);
      }
    },
  };
}

function worker({ brokers, port, placeFile }) {
  return {
    ...{ 'bootstrap.servers': brokers.join(','), listeners: `http://${host}:${port}` },
    ...{ 'key.converter': converter, 'value.converter': converter },
    ...{ 'offset.storage.file.filename': placeFile, 'offset.flush.interval.ms': flushMs },
    // All jars are in one class path, which needs no search.
    'plugin.discovery': 'service_load',
  };
}

/** Of Java's escapes a backslash is the one that a value may need here. */
function writeProperties(file, settings) {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\')}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

/** Throws unless the connector's one task runs. */
async function look(name, port) {
  const url = `http://${host}:${port}/connectors/${name}/status`;
  const response = await fetch(url, { signal: AbortSignal.timeout(statusMsMax) });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  const { connector, tasks } = await response.json();
  const failed = [connector, ...tasks].find(({ state }) => state === 'FAILED');
  if (failed !== undefined) throw new Hopeless(`${name}: ${failed.trace.split('\n')[0]}`);
  if (tasks[0]?.state !== 'RUNNING') throw new Error(`${name} is ${connector.state}, its task not yet`);
}
