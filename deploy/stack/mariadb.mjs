import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import mysql from 'mysql2/promise';
import { cacheDirectory as defaultCache } from './paths.mjs';
import { Daemon } from './process/daemon.mjs';
import { MissingToolchain, runTool } from './process/toolchain.mjs';
import { findProgram } from './process/program.mjs';
import { silent, step } from './progress.mjs';
import { openAccess, startSurvivingTakenPort } from './process/service-directory.mjs';

const host = '127.0.0.1';
const connectMs = 3_000;
const socketPathLengthMax = 100;
const template = join(import.meta.dirname, 'mariadb', 'my.cnf.in');

/** See mariadb.d.mts. */
export async function startMariadb(options) {
  const { directory, cacheDirectory = defaultCache, outlives = false, settings = () => [], log = silent } = options;
  const program = await findProgram({
    name: 'mariadb',
    command: 'mariadbd',
    inDebian: 'usr/sbin/mariadbd',
    packages: ['mariadb-server-core'],
    cacheDirectory,
    log,
  });
  const share = findShare(program.file);
  const files = {
    data: join(directory, 'data'),
    configuration: join(directory, 'my.cnf'),
    initial: join(directory, 'initial.sql'),
  };
  const daemon = new Daemon({
    name: 'mariadbd',
    directory,
    outlives,
    command: () => ({
      file: program.file,
      args: [`--defaults-file=${files.configuration}`, `--init-file=${files.initial}`],
      environment: program.environment,
    }),
  });
  let access;
  const start = async () => {
    access = await openAccess(directory, daemon);
    if (daemon.pid() === undefined) {
      writeFileSync(
        files.configuration,
        configuration(directory, { ...files, share, port: access.port, more: settings() }),
      );
      writeFileSync(files.initial, rootAccount(access.password), { mode: 0o600 });
      if (!existsSync(files.data)) await createDatabase(program, { ...files, share });
      await daemon.start();
    }
    await daemon.ready(() => commitTransaction(access));
  };
  await step(log, 'mariadb: ready', () => startSurvivingTakenPort(start));
  return {
    url: async (database) => {
      await createSchema(access, database);
      return `mariadb://root:${access.password}@${host}:${access.port}/${database}`;
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
function findShare(file) {
  const prefix = dirname(dirname(realpathSync(file)));
  const share = ['mysql', 'mariadb'].map((name) => join(prefix, 'share', name)).find((one) => existsSync(one));
  if (share === undefined) throw new MissingToolchain(`${file} has no share/mysql beside it: install MariaDB whole`);
  return share;
}

function configuration(directory, { data, share, port, more }) {
  const values = { DATA: data, SHARE: share, PORT: port, SOCKET: socketFile(directory), USER: userInfo().username };
  const own = readFileSync(template, 'utf8').replace(/@([A-Z]+)@/g, (placeholder, name) => values[name] ?? placeholder);
  return [own, ...more, ''].join('\n');
}

/** Nobody uses it, but MariaDB will not go without. Beside the data where its path is short enough for a socket's. */
function socketFile(directory) {
  const beside = join(directory, 'mariadb.sock');
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return beside.length <= socketPathLengthMax ? beside : join(tmpdir(), `anamnesis-${hash}.sock`);
}

/** At every start, so that a first start cut short leaves nobody locked out. Not for the binary log. */
function rootAccount(password) {
  return [
    'SET SESSION sql_log_bin = 0;',
    // The system tables come with a root without password for every name of this machine.
    `DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';`,
    'FLUSH PRIVILEGES;',
    `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
    `CREATE OR REPLACE USER root@'${host}' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO root@'${host}' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

/** What mariadb-install-db does, without the shell script's idea of where things are. Whole or not there at all. */
async function createDatabase({ file, environment }, { data, configuration: defaults, share }) {
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const sql = ['system_tables', 'performance_tables', 'system_tables_data', 'sys_schema'].map((name) => {
    const candidates = ['mysql', 'mariadb'].map((product) => join(share, `${product}_${name}.sql`));
    return readFileSync(candidates.find((one) => existsSync(one)) ?? candidates[0], 'utf8');
  });
  const names = ['CREATE DATABASE IF NOT EXISTS mysql;', 'USE mysql;', 'SET @auth_root_socket = NULL;'];
  await runTool(file, [`--defaults-file=${defaults}`, '--bootstrap', `--datadir=${draft}`, '--skip-log-bin'], {
    environment,
    input: [...names, ...sql, ''].join('\n'),
  });
  renameSync(draft, data);
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
