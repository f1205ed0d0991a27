import type { Mariadb, MariadbOptions } from './mariadb.mjs';

/** The program of MySQL, or what lacks and what to do about it. */
export function findMysql(): { readonly file: string; readonly version: string } | { readonly missing: string };

/**
 * As `startMariadb`, of MySQL 8.0 or later, with GTIDs; its URLs begin with `mysql://`. Throws `MissingToolchain` where
 * neither MYSQLD_BIN nor PATH has it.
 */
export function startMysql(options: MariadbOptions): Promise<Mariadb>;
