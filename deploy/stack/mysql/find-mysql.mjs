// Debian's stable releases have MariaDB and no MySQL: it is taken where its own installation left it.
import { spawnSync } from 'node:child_process';
import { findCommand } from '../process/toolchain.mjs';

const advice = 'install MySQL 8.0 or later (dev.mysql.com) and set MYSQLD_BIN to its mysqld or add that to PATH';
const majorMin = 8;

/**
 * `{ file, version }` of the mysqld that MYSQLD_BIN names, else of the one on PATH; `{ missing }`, what lacks and what to
 * do about it. MariaDB's goes by the same name and is none.
 */
export function findMysql() {
  const named = process.env.MYSQLD_BIN;
  const file = named || findCommand('mysqld');
  if (file === undefined) return { missing: `no mysqld on PATH: ${advice}` };
  const said = spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const [, version, major] = /\bVer ((\d+)\.\d+\.\d+\S*)/.exec(said) ?? [];
  if (version === undefined) return { missing: `${file} does not say its version: ${advice}` };
  if (/mariadb/i.test(said)) return { missing: `${file} is MariaDB's: ${advice}` };
  if (Number(major) < majorMin) return { missing: `${file} is MySQL ${version}: ${advice}` };
  return { file, version };
}
