import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import mysql from 'mysql2/promise';
import { Daemon } from '../process/daemon.mjs';
import { openAccess, startSurvivingTakenPort } from '../process/service-directory.mjs';
import { MissingToolchain } from '../process/toolchain.mjs';
import { silent, step } from '../progress.mjs';

const host = '127.0.0.1';
const connectMs = 3_000;
const socketPathLengthMax = 100;

/**
 * Starts a server of MariaDB or MySQL. `product` says how it differs: `name` (the scheme of its URLs, too), `daemon` (its
 * process), `program` (`{ file, environment }`), `share` (its messages and character sets), `template` (its
 * configuration), `rootAccount(password)` (SQL for each start) and `createData(files)`, which makes `files.data`, whole or
 * not at all. See mariadb.d.mts.
 */
export async function startSqlServer(product, options) {
  const { directory, outlives = false, settings = () => [], log = silent } = options;
  const files = {
    data: join(directory, 'data'),
    temporary: join(directory, 'temporary'),
    configuration: join(directory, 'my.cnf'),
    initial: join(directory, 'initial.sql'),
  };
  const daemon = new Daemon({
    ...{ name: product.daemon, directory, outlives },
    command: () => ({
      file: product.program.file,
      args: [`--defaults-file=${files.configuration}`, `--init-file=${files.initial}`],
      environment: product.program.environment,
    }),
  });
  let access;
  const start = async () => {
    access = await openAccess(directory, daemon);
    if (daemon.pid() === undefined) {
      mkdirSync(files.temporary, { recursive: true, mode: 0o700 });
      const lines = configuration(product, { directory, files, port: access.port, more: settings() });
      writeFileSync(files.configuration, lines);
      writeFileSync(files.initial, product.rootAccount(access.password), { mode: 0o600 });
      if (!existsSync(files.data)) await product.createData(files);
      // MySQL's: a server that was killed may be among the processes for a moment longer than it is one.
      rmSync(`${socketFile(directory, product.daemon)}.lock`, { force: true });
      await daemon.start();
    }
    await daemon.ready(() => commitTransaction(access));
  };
  await step(log, `${product.name}: ready`, () => startSurvivingTakenPort(start));
  return {
    url: async (database) => {
      await createSchema(access, database);
      return `${product.name}://root:${access.password}@${host}:${access.port}/${database}`;
    },
    kill: () => daemon.kill(),
    start,
    pause: () => daemon.pause(),
    resume: () => daemon.resume(),
    pid: () => daemon.pid(),
    stop: () => daemon.stop(),
  };
}

/** Messages, character sets and the SQL of the system tables lie beside the program, wherever it is. */
export function findShare(file, names) {
  const prefix = dirname(dirname(realpathSync(file)));
  const share = names.map((name) => join(prefix, 'share', name)).find((one) => existsSync(one));
  if (share === undefined) throw new MissingToolchain(`${file} has no share/${names[0]} beside it: install it whole`);
  return share;
}

function configuration({ template, share, daemon }, { directory, files, port, more }) {
  const socket = socketFile(directory, daemon);
  const { data, temporary } = files;
  const own = { DATA: data, TEMPORARY: temporary, SHARE: share, PORT: port, SOCKET: socket };
  const values = { ...own, USER: userInfo().username };
  const filled = readFileSync(template, 'utf8').replace(
    /@([A-Z]+)@/g,
    (placeholder, name) => values[name] ?? placeholder,
  );
  return [filled, ...more, ''].join('\n');
}

/** Nobody uses it, but the server will not go without. Beside the data where its path is short enough for a socket's. */
function socketFile(directory, daemon) {
  const beside = join(directory, `${daemon}.sock`);
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return beside.length <= socketPathLengthMax ? beside : join(tmpdir(), `anamnesis-${hash}.sock`);
}

async function commitTransaction(access) {
  await withConnection(access, async (connection) => {
    await connection.query('SET SESSION sql_log_bin = 0');
    await connection.query('CREATE DATABASE IF NOT EXISTS stack_ready');
    await connection.query('CREATE TABLE IF NOT EXISTS stack_ready.probe (id BIGINT PRIMARY KEY) ENGINE = InnoDB');
    await connection.beginTransaction();
    await connection.query('REPLACE INTO stack_ready.probe VALUES (1)');
    await connection.commit();
    await connection.query('DROP DATABASE stack_ready');
  });
}

async function createSchema(access, database) {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(database)) throw new Error(`${database} is no name for a database`);
  await withConnection(access, (connection) =>
    connection.query(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4`),
  );
}

async function withConnection({ port, password }, work) {
  const connection = await mysql.createConnection({ host, port, user: 'root', password, connectTimeout: connectMs });
  connection.on('error', () => undefined); // the query in hand fails with it
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
