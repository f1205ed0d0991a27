import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { findMysql } from './mysql/find-mysql.mjs';
import { cacheDirectory as defaultCache } from './paths.mjs';
import { underLock } from './process/lock.mjs';
import { MissingToolchain, runTool } from './process/toolchain.mjs';
import { silent, step } from './progress.mjs';
import { findShare, startSqlServer } from './sql-server/sql-server.mjs';

export { findMysql } from './mysql/find-mysql.mjs';

/** See mysql.d.mts. */
export async function startMysql(options) {
  const { cacheDirectory = defaultCache, log = silent } = options;
  const found = findMysql();
  if (found.missing !== undefined) throw new MissingToolchain(found.missing);
  const program = { file: found.file, environment: {} };
  const share = findShare(found.file, ['mysql']);
  const empty = join(cacheDirectory, 'mysql', found.version);
  const product = {
    ...{ name: 'mysql', daemon: 'mysqld', program, share, rootAccount },
    template: join(import.meta.dirname, 'mysql', 'my.cnf.in'),
    createData: async ({ data }) => {
      await underLock(join(cacheDirectory, 'mysql', 'lock.db'), async () => {
        if (!existsSync(empty))
          await step(log, 'mysql: system tables', () => createEmpty(program.file, { empty, share }));
      });
      copyWhole(empty, data);
    },
  };
  return startSqlServer(product, options);
}

/** At every start, so that a first start cut short leaves nobody locked out. Not for the binary log. */
function rootAccount(password) {
  return [
    'SET SESSION sql_log_bin = 0;',
    `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
    `CREATE USER IF NOT EXISTS root@'127.0.0.1';`,
    `ALTER USER root@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

/** A data directory with the system tables alone: it takes MySQL many seconds, so each version makes one for all. */
async function createEmpty(file, { empty, share }) {
  const draft = `${empty}.draft`;
  rmSync(draft, { recursive: true, force: true });
  const places = [`--datadir=${draft}`, `--lc-messages-dir=${share}`, `--character-sets-dir=${share}/charsets`];
  const fast = ['--innodb-flush-method=nosync', '--innodb-redo-log-capacity=8M', '--skip-log-bin'];
  mkdirSync(join(empty, '..'), { recursive: true });
  const own = ['--no-defaults', `--user=${userInfo().username}`, '--secure-file-priv=NULL'];
  await runTool(file, [...own, '--initialize-insecure', ...places, ...fast]);
  rmSync(join(draft, 'auto.cnf')); // the name of one server
  renameSync(draft, empty);
}

function copyWhole(empty, data) {
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(empty, draft, { recursive: true });
  renameSync(draft, data);
}
