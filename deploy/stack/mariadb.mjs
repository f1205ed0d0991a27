import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory as defaultCache } from './paths.mjs';
import { findProgram } from './process/program.mjs';
import { runTool } from './process/toolchain.mjs';
import { silent } from './progress.mjs';
import { findShare, startSqlServer } from './sql-server/sql-server.mjs';

/** See mariadb.d.mts. */
export async function startMariadb(options) {
  const { cacheDirectory = defaultCache, log = silent } = options;
  const program = await findProgram({
    name: 'mariadb',
    command: 'mariadbd',
    inDebian: 'usr/sbin/mariadbd',
    packages: ['mariadb-server-core'],
    cacheDirectory,
    log,
  });
  const share = findShare(program.file, ['mysql', 'mariadb']);
  const product = {
    ...{ name: 'mariadb', daemon: 'mariadbd', program, share, rootAccount },
    template: join(import.meta.dirname, 'mariadb', 'my.cnf.in'),
    createData: (files) => createData(program, { ...files, share }),
  };
  return startSqlServer(product, options);
}

/** At every start, so that a first start cut short leaves nobody locked out. Not for the binary log. */
function rootAccount(password) {
  return [
    'SET SESSION sql_log_bin = 0;',
    // The system tables come with a root without password for every name of this machine.
    `DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';`,
    'FLUSH PRIVILEGES;',
    `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
    `CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

/** What mariadb-install-db does, without the shell script's idea of where things are. Whole or not there at all. */
async function createData({ file, environment }, { data, configuration, share }) {
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const sql = ['system_tables', 'performance_tables', 'system_tables_data', 'sys_schema'].map((name) => {
    const candidates = ['mysql', 'mariadb'].map((product) => join(share, `${product}_${name}.sql`));
    return readFileSync(candidates.find((one) => existsSync(one)) ?? candidates[0], 'utf8');
  });
  const names = ['CREATE DATABASE IF NOT EXISTS mysql;', 'USE mysql;', 'SET @auth_root_socket = NULL;'];
  await runTool(file, [`--defaults-file=${configuration}`, '--bootstrap', `--datadir=${draft}`, '--skip-log-bin'], {
    environment,
    input: [...names, ...sql, ''].join('\n'),
  });
  renameSync(draft, data);
}
