import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import mysql from 'mysql2/promise';
import { provisionJackcess } from '../../deploy/stack/jackcess.mjs';
import { startMariadb } from '../../deploy/stack/mariadb.mjs';
import { until } from './until.mjs';

const repository = resolve(import.meta.dirname, '..', '..');
const product = join(repository, 'dist/product/standalone.js');
/** What a reader of the binary log needs, and no more. */
const grants = 'SELECT, REPLICATION SLAVE, BINLOG MONITOR';

/**
 * Both hospitals and the product, each a process of its own under `directory`. `children` are ended by `stop`, in the order
 * opposite to that of their starts.
 */
export class Demo {
  #stops = [];

  constructor(directory) {
    this.directory = directory;
  }

  /** Hospital one: its database, and its program. */
  async startHospitalOne(log) {
    const database = await startMariadb({ directory: join(this.directory, 'mariadb'), log });
    this.#stops.push(() => database.stop());
    const url = await database.url('hospital');
    const password = randomBytes(12).toString('hex');
    const connection = await mysql.createConnection({ uri: url });
    await connection.query(`CREATE USER reader@'127.0.0.1' IDENTIFIED BY '${password}'`);
    await connection.query(`GRANT ${grants} ON *.* TO reader@'127.0.0.1'`);
    await connection.end();
    const program = join(repository, 'samples/hospital-one/server.mjs');
    const address = await this.#run(process.execPath, [program], { DATABASE_URL: url, PORT: '0' });
    return { address, port: Number(new URL(url).port), password };
  }

  /** Hospital two: its program, and the Access file that it writes. */
  async startHospitalTwo(log) {
    const { java, classPath } = await provisionJackcess({ log });
    const file = join(this.directory, 'hospital.accdb');
    const program = join(repository, 'samples/hospital-two/HospitalTwo.java');
    return { address: await this.#run(java, ['-cp', classPath, program, file, '0'], {}), file };
  }

  /** The product, with the mapping file of each hospital. */
  async startProduct(one, two) {
    const [sources, data] = ['sources', 'data'].map((name) => join(this.directory, name));
    mkdirSync(sources, { recursive: true });
    this.#place(join(sources, 'hospital-one.yaml'), 'hospital-one', ['port: 3306', `port: ${one.port}`]);
    this.#place(join(sources, 'hospital-two.yaml'), 'hospital-two', ['path: hospital.accdb', `path: ${two.file}`]);
    const environment = { DATA_DIR: data, DB_SOURCES: sources, HTTP_PORT: '0', MLLP_PORT: '0', LOG_LEVEL: 'warn' };
    this.#spawn(process.execPath, [product], { ...environment, HOSPITAL_ONE_PASSWORD: one.password });
    const announced = join(data, 'sandbox.json');
    await until('the product', () => existsSync(announced));
    return { ...JSON.parse(readFileSync(announced, 'utf8')), data };
  }

  async stop() {
    for (const stop of this.#stops.reverse()) await stop();
    this.#stops = [];
  }

  #place(file, hospital, [from, to]) {
    const text = readFileSync(join(repository, 'samples', hospital, 'mapping.yaml'), 'utf8');
    if (!text.includes(from)) throw new Error(`samples/${hospital}/mapping.yaml does not say '${from}'`);
    writeFileSync(file, text.replace(from, to));
  }

  /** Resolves with the address that the program says it listens on. */
  async #run(command, args, environment) {
    const child = this.#spawn(command, args, environment);
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${args.at(0)} ended with ${code}`)));
      child.stdout.on('data', (chunk) => {
        const [address] = /http:\/\/[\d.:]+/.exec(String(chunk)) ?? [];
        if (address !== undefined) resolve(address);
      });
    });
  }

  #spawn(command, args, environment) {
    const env = { ...process.env, ...environment };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.resume();
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    this.#stops.push(async () => {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
    });
    return child;
  }
}
