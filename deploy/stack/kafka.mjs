import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority } from './kafka/certificates.mjs';
import {
  clientAddresses,
  passwordAddresses,
  prepareLayout,
  readLayout,
  writeConfigurations,
} from './kafka/configuration.mjs';
import { provisionKafkaJars } from './kafka/jars.mjs';
import { probeBroker, probeCluster } from './kafka/probe.mjs';
import { cacheDirectory as defaultCache } from './paths.mjs';
import { Daemon, Died } from './process/daemon.mjs';
import { runTool } from './process/toolchain.mjs';
import { silent, step } from './progress.mjs';

const startsMax = 3;
const archiveMsMax = 180_000;
const heap = ['-Xms128m', '-Xmx512m'];

/** See kafka.d.mts. */
export async function startKafka(options) {
  const { cacheDirectory = defaultCache, log = silent } = options;
  const kit = await provisionKafkaJars({ cacheDirectory, log, train: (untrained) => train(untrained, log) });
  const count = options.brokers ?? 1;
  return step(log, `kafka: ${count === 1 ? 'one broker' : `${count} brokers`} ready`, () => startCluster(kit, options));
}

async function startCluster(kit, options) {
  for (let starts = 1; ; starts++) {
    const cluster = await Cluster.open(kit, options);
    try {
      await cluster.startAll();
      return cluster.handle();
    } catch (error) {
      await cluster.killAll();
      // Most often somebody took a port between our look and the broker's; other ports, another try.
      if (!(error instanceof Died) || starts === startsMax) throw error;
    }
  }
}

/**
 * A JVM that is stopped writes an archive of the classes it had loaded, which takes it a while. Without an archive every
 * start is slower and nothing else, so none is no failure; the next start makes it.
 */
async function train(kit, log) {
  const directory = mkdtempSync(join(kit.libraries, '..', 'training-'));
  const draft = join(directory, 'draft.jsa');
  const cluster = await Cluster.open({ ...kit, archive: draft, isTraining: true }, { directory });
  try {
    await cluster.startAll();
    await cluster.stopAll({ stopMs: archiveMsMax });
    if (existsSync(draft)) renameSync(draft, kit.archive);
    else log('kafka: the JVM has written no class archive; starts stay slow');
  } finally {
    await cluster.killAll();
    rmSync(directory, { recursive: true, force: true });
  }
}

class Cluster {
  #kit;
  #options;
  #layout;
  #tls;
  #daemons = [];
  #authority;

  static async open(kit, options) {
    const cluster = new Cluster();
    cluster.#kit = kit;
    cluster.#options = { brokers: 1, isTls: false, users: {}, outlives: false, ...options };
    await cluster.#prepare();
    return cluster;
  }

  async #prepare() {
    const { directory, brokers, isTls, users, outlives } = this.#options;
    const hasPasswords = Object.keys(users).length > 0;
    if (hasPasswords && !isTls) throw new Error('passwords need TLS');
    const shape = { brokers, isTls, hasPasswords };
    const isRunning = () => this.#daemons.some((daemon) => daemon.pid() !== undefined);
    for (let node = 1; node <= brokers; node++)
      this.#daemons.push(new Daemon({ name: `node${node}`, directory, outlives, command: () => this.#command(node) }));
    this.#layout = isRunning() ? readLayout(directory) : await prepareLayout(directory, shape);
    if (isTls) await this.#openAuthority(join(directory, 'tls'));
    if (isRunning()) return;
    const files = writeConfigurations(directory, this.#layout);
    await Promise.all(files.map((file) => this.#format(file)));
  }

  async #openAuthority(directory) {
    this.#authority = new CertificateAuthority(directory);
    await this.#authority.open();
    const { certFile, keyFile } = await this.#authority.issue('kafka');
    const pem = readFileSync(keyFile, 'utf8') + readFileSync(certFile, 'utf8');
    writeFileSync(join(directory, 'kafka.pem'), pem, { mode: 0o600 });
    this.#tls = { caFile: this.#authority.caFile, ...(await this.#authority.issue('admin')) };
  }

  #jvm(archive) {
    const logging = join(import.meta.dirname, 'kafka', 'log4j2.properties');
    return [
      ...(archive === undefined ? [] : [archive]),
      ...heap,
      ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'],
      ...[`-Dlog4j2.configurationFile=${logging}`, '-cp', join(this.#kit.libraries, '*')],
    ];
  }

  #command(node) {
    const { archive, isTraining } = this.#kit;
    const option = isTraining ? 'ArchiveClassesAtExit' : 'SharedArchiveFile';
    const file = join(this.#options.directory, `node${node}`, 'server.properties');
    return { file: this.#kit.java, args: [...this.#jvm(`-XX:${option}=${archive}`), 'kafka.Kafka', file] };
  }

  /** Once per node: metadata version, and the users, whom no client can make later. */
  async #format(file) {
    const stamp = `${file}.formatted`;
    if (existsSync(stamp)) return;
    const users = Object.entries(this.#options.users).flatMap(([name, password]) => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ]);
    const archive = this.#kit.isTraining ? undefined : `-XX:SharedArchiveFile=${this.#kit.archive}`;
    const format = ['format', '--ignore-formatted', '-t', this.#layout.clusterId, '-c', file, ...users];
    await runTool(this.#kit.java, [...this.#jvm(archive), 'kafka.tools.StorageTool', ...format]);
    writeFileSync(stamp, '');
  }

  async startAll() {
    await Promise.all(this.#daemons.map((daemon) => daemon.start()));
    await this.ready();
  }

  /** Any broker that has died ends the wait. */
  async ready() {
    const addresses = clientAddresses(this.#layout);
    const probe = { count: addresses.length, tls: this.#tls };
    const [first, ...others] = this.#daemons;
    await Promise.all([
      first.ready(() => probeCluster(addresses, probe)),
      ...others.map((daemon, index) => daemon.ready(() => probeBroker(addresses[index + 1], { tls: this.#tls }))),
    ]);
  }

  async start(node) {
    const daemon = this.#node(node);
    await daemon.start();
    const address = clientAddresses(this.#layout)[node - 1];
    await daemon.ready(() => probeBroker(address, { tls: this.#tls }));
  }

  async stopAll(options) {
    await Promise.all(this.#daemons.map((daemon) => daemon.stop(options)));
  }

  async killAll() {
    await Promise.all(this.#daemons.map((daemon) => daemon.kill()));
  }

  #node(node) {
    const daemon = this.#daemons[node - 1];
    if (daemon === undefined) throw new Error(`brokers are numbered 1 to ${this.#daemons.length}, not ${node}`);
    return daemon;
  }

  handle() {
    const brokers = clientAddresses(this.#layout);
    return {
      brokers,
      ...(this.#authority && { tlsDirectory: this.#authority.directory, caFile: this.#authority.caFile }),
      ...(this.#layout.hasPasswords && { passwordBrokers: passwordAddresses(this.#layout) }),
      issueCertificate: async (name) => {
        if (this.#authority === undefined) throw new Error('this cluster has no TLS');
        return this.#authority.issue(name);
      },
      ready: () => this.ready(),
      kill: (node) => this.#node(node).kill(),
      start: (node) => this.start(node),
      pause: (node) => this.#node(node).pause(),
      resume: (node) => this.#node(node).resume(),
      pids: () => this.#daemons.map((daemon) => daemon.pid()),
      stop: () => this.stopAll(),
      killAll: () => this.killAll(),
    };
  }
}
