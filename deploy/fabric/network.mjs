// A Fabric network for a directory: made once, started again on its data, stopped as a whole.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildChaincode } from './build-chaincode.mjs';
import { NetworkProcesses } from './processes.mjs';

export { findFabric } from './find-fabric.mjs';

const script = join(import.meta.dirname, 'network.sh');
const organisationsMax = 10;

/**
 * Resolves when every member of every channel can anchor. An earlier network in `directory` is started on its data, with
 * the ports it had; one that never came up is made anew. What runs outlives this process until `stop`.
 */
export async function startFabric(options) {
  const directory = resolve(options.directory);
  const log = options.log ?? (() => {});
  buildChaincode();
  mkdirSync(directory, { recursive: true });
  if (!existsSync(join(directory, 'complete'))) {
    await run('down', directory, [], { ...options, log });
    removeRemains(directory);
    const basePort = options.basePort ?? (await freeBasePort(options.orderers ?? 3));
    await run('up', directory, [], { ...options, log, basePort });
  } else {
    await run('start', directory, [], { ...options, log });
  }
  return new FabricNetwork(directory, { ...options, log });
}

class FabricNetwork {
  #options;
  #processes;

  constructor(directory, options) {
    this.directory = directory;
    this.#options = options;
    this.#processes = new NetworkProcesses(directory);
    this.organisationsFile = join(directory, 'organisations.json');
    this.#describe();
  }

  /** Names for `kill`, `start`, `pause` and `resume`: o1 …, HospitalA …, and HospitalA-cc … for its chaincode. */
  names() {
    return this.#processes.names();
  }

  pid(name) {
    return this.#processes.pid(name);
  }

  memory(name) {
    return this.#processes.memory(name);
  }

  kill(name) {
    return this.#processes.kill(name);
  }

  /** Resolves when the process serves again. */
  async start(name) {
    await this.#run('start', [name]);
  }

  pause(name) {
    this.#processes.signal(name, 'SIGSTOP');
  }

  resume(name) {
    this.#processes.signal(name, 'SIGCONT');
  }

  /** Resolves when every member of every channel can anchor. */
  async ready() {
    await this.#run('ready', []);
  }

  /** The channel's current configuration block, fetched anew. */
  async configBlock(channel) {
    await this.#run('config', [channel]);
    return readFileSync(join(this.directory, `${channel}.config.block`));
  }

  /** A hospital joins a channel; a new one gets identities, a peer and chaincode. Resolves when its endorsement counts. */
  async join(organisation, channel) {
    await this.#run('join', [organisation, channel]);
    this.#describe();
  }

  async leave(organisation, channel) {
    await this.#run('leave', [organisation, channel]);
    this.#describe();
  }

  /** Output of `peer …` as an organisation's administrator at its own peer. */
  asAdmin(organisation, ...peerArguments) {
    return this.#run('as', [organisation, ...peerArguments]);
  }

  /** An identity of an organisation: `User1` (a client) or `Admin`. */
  identity(organisation, user = 'User1') {
    const { users, domain, mspId } = this.description.organisations[organisation];
    const folder = join(users, `${user}@${domain}`, 'msp');
    const only = (name) => join(folder, name, readdirSync(join(folder, name))[0]);
    return { mspId, certificateFile: only('signcerts'), keyFile: only('keystore') };
  }

  /** Ends every process. The data stays, for another `startFabric`. */
  async stop() {
    await this.#run('down', []);
  }

  #describe() {
    this.description = JSON.parse(readFileSync(join(this.directory, 'network.json'), 'utf8'));
    write(this.organisationsFile, { organisations: this.#organisations() });
  }

  #run(verb, names) {
    return run(verb, this.directory, names, this.#options);
  }

  #organisations() {
    const { facilities = {} } = this.#options;
    return Object.entries(this.description.organisations).map(([name, { peer, tlsRoot }], index) => ({
      name,
      facilities: facilities[name] ?? [],
      isDefault: index === 0,
      peer,
      peerTlsCaFile: tlsRoot,
      ...this.identity(name),
    }));
  }
}

/** Runs the script; its lines on stderr go to `log`, and the last of them into the error. */
function run(verb, directory, names, { orderers = 3, basePort, fabricBin, log }) {
  const settings = { ORDERERS: String(orderers), ...(basePort && { BASE_PORT: String(basePort) }) };
  const env = { ...process.env, ...settings, ...(fabricBin && { FABRIC_BIN: fabricBin }) };
  return new Promise((settle, reject) => {
    const child = spawn(script, [verb, directory, ...names], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const tail = [];
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    createInterface({ input: child.stderr }).on('line', (line) => {
      tail.push(line);
      if (tail.length > 20) tail.shift();
      log(line.replace(/^fabric: /, ''));
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) settle(output);
      else reject(new Error(`Fabric network: ${verb} failed\n${tail.join('\n')}`));
    });
  });
}

/** What a start that did not finish has left: nothing was anchored in it. */
function removeRemains(directory) {
  for (const name of readdirSync(directory)) {
    if (/^(crypto|crypto-config\.yaml|configtx\.yaml|settings|network\.json|processes|o\d+|.*\.block)$/.test(name)) {
      rmSync(join(directory, name), { recursive: true });
    } else if (existsSync(join(directory, name, 'core.yaml'))) rmSync(join(directory, name), { recursive: true });
  }
}

/** Below the ports that the system gives to connections: a block in which nobody listens. */
async function freeBasePort(orderers) {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 12_000 + 10 * Math.floor(Math.random() * 1_900);
    const used = [
      ...Array.from({ length: orderers * 10 }, (_, index) => base + 10 + index),
      ...Array.from({ length: organisationsMax * 10 }, (_, index) => base + 100 + index),
    ];
    const taken = await Promise.all(used.map(isListening));
    if (!taken.includes(true)) return base;
  }
  throw new Error('Fabric network: no free block of ports between 12000 and 31200');
}

function isListening(port) {
  return new Promise((settle) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (isOpen) => {
      socket.destroy();
      settle(isOpen);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

function write(file, value) {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
