import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory as defaultCache } from './paths.mjs';
import { findPostgres } from './postgres/find-postgres.mjs';
import { Daemon } from './process/daemon.mjs';
import { openAccess, startSurvivingTakenPort } from './process/service-directory.mjs';
import { runTool } from './process/toolchain.mjs';
import { silent, step } from './progress.mjs';

const host = '127.0.0.1';
const user = 'postgres';
const queryMsMax = 60_000;

/** See postgres.d.mts. */
export async function startPostgres({ directory, cacheDirectory = defaultCache, outlives = false, log = silent }) {
  const { programs, environment } = await findPostgres({ cacheDirectory, log });
  const runAs = await plainUser();
  const data = join(directory, 'data');
  let access;
  const daemon = new Daemon({
    ...{ name: 'postgres', directory, outlives },
    command: () => ({ file: join(programs, 'postgres'), args: settings(data, access.port), environment, runAs }),
  });
  const query = async (sql) => {
    const where = ['-h', host, '-p', String(access.port), '-U', user, '-d', 'postgres'];
    const { stdout } = await runTool(join(programs, 'psql'), ['-XqAt', '-v', 'ON_ERROR_STOP=1', ...where], {
      ...{ environment: { ...environment, PGPASSWORD: access.password }, input: sql, timeoutMs: queryMsMax },
    });
    return stdout.trimEnd();
  };
  const start = async () => {
    access = await openAccess(directory, daemon);
    if (runAs !== undefined) chownSync(directory, runAs.uid, runAs.gid);
    if (!existsSync(data)) await createCluster({ programs, environment, runAs, password: access.password }, data);
    await daemon.start();
    await daemon.ready(() => query('SELECT 1'));
  };
  await step(log, 'postgresql: ready', () => startSurvivingTakenPort(start));
  return {
    connection: () => ({ host, port: access.port, user, password: access.password, database: 'postgres' }),
    query,
    pid: () => daemon.pid(),
    kill: async () => {
      daemon.signal('SIGQUIT'); // SIGKILL would leave its shared memory behind
      await daemon.stop();
    },
  };
}

/** PostgreSQL refuses to run as root: then as nobody, who owns the service's directory. */
async function plainUser() {
  if (process.getuid() !== 0) return undefined;
  const [uid, gid] = await Promise.all(['-u', '-g'].map((option) => runTool('id', [option, 'nobody'])));
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Whole or not there at all. */
async function createCluster({ programs, environment, runAs, password }, data) {
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  if (runAs !== undefined) chownSync(draft, runAs.uid, runAs.gid);
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs !== undefined) chownSync(passwordFile, runAs.uid, runAs.gid);
  const accounts = ['-U', user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const form = ['-E', 'UTF8', '--no-locale', '--no-sync'];
  await runTool(join(programs, 'initdb'), ['-D', draft, ...accounts, ...form], { environment, runAs });
  rmSync(passwordFile);
  renameSync(draft, data);
}

/** What follows changes asks for logical decoding. */
function settings(data, port) {
  const values = {
    ...{ port, listen_addresses: host, unix_socket_directories: '' },
    ...{ wal_level: 'logical', max_wal_senders: 8, max_replication_slots: 8 },
    ...{ timezone: 'UTC', shared_buffers: '32MB' },
  };
  return ['-D', data, ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
