import type Database from 'libsql';

/** Of the tables below. */
const layout = 4;

/**
 * Rows stand in the order in which they came, and only their index in that of the keys, which are random: a page of the index
 * has room for many keys, where one of rows in the order of keys would be written for each of them.
 */
const knownRow = `(
    name TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, sealed BLOB NOT NULL,
    stated TEXT NOT NULL, mapping INTEGER NOT NULL, PRIMARY KEY (name, key))`;

const schema = `
  CREATE TABLE IF NOT EXISTS place (
    id INTEGER PRIMARY KEY CHECK (id = 1), position TEXT, reading TEXT, readings INTEGER NOT NULL, compared TEXT,
    stated TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS known_row ${knownRow};
  CREATE TABLE IF NOT EXISTS gone_row (
    name TEXT NOT NULL, key TEXT NOT NULL, stated TEXT NOT NULL, sealed BLOB, PRIMARY KEY (name, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parked_row (
    name TEXT NOT NULL, key TEXT NOT NULL, named TEXT NOT NULL, reason TEXT NOT NULL, findings TEXT NOT NULL,
    since TEXT NOT NULL, withheld INTEGER NOT NULL, PRIMARY KEY (name, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mapping (generation INTEGER PRIMARY KEY, digest TEXT NOT NULL, text TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS found (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL);
  CREATE TEMP TABLE seen_row (name TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;
  INSERT OR IGNORE INTO place VALUES (1, NULL, NULL, 0, NULL, '');`;

/** Makes the tables, or brings those of an earlier version here. Throws SQLite's error: `SQLITE_BUSY`, … */
export function layOut(database: Database.Database): void {
  const version = versionOf(database);
  if (version === 1) fromFirst(database);
  if (version === 1 || version === 2) fromSecond(database);
  if (version > 0 && version < layout) fromThird(database);
  database.exec(schema);
  database.pragma(`user_version = ${layout}`);
}

function versionOf(database: Database.Database): number {
  const [row] = database.prepare('PRAGMA user_version').all() as { user_version: number }[];
  return row?.user_version ?? 0;
}

/**
 * When its rows were stated was not kept: now at the latest. By which mapping neither: the one that is in force when it is
 * opened for the first time is taken for it.
 */
function fromFirst(database: Database.Database): void {
  const stated = JSON.stringify({ '': new Date().toISOString() });
  database.exec(`BEGIN IMMEDIATE;
    ALTER TABLE known_row ADD COLUMN stated TEXT NOT NULL DEFAULT '${stated}';
    ALTER TABLE known_row ADD COLUMN mapping INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE place ADD COLUMN compared TEXT;
    PRAGMA user_version = 2;
    COMMIT`);
}

/** Known rows stood in the order of their keys. */
function fromSecond(database: Database.Database): void {
  database.exec(`BEGIN IMMEDIATE;
    ALTER TABLE known_row RENAME TO known_row_before;
    CREATE TABLE known_row ${knownRow};
    INSERT INTO known_row SELECT name, key, hash, sealed, stated, mapping FROM known_row_before;
    DROP TABLE known_row_before;
    PRAGMA user_version = 3;
    COMMIT`);
}

/** When anything was stated last was not kept by itself. Of what was deleted until now nobody knows. */
function fromThird(database: Database.Database): void {
  database.exec(`BEGIN IMMEDIATE;
    ALTER TABLE place ADD COLUMN stated TEXT NOT NULL DEFAULT '';
    UPDATE place SET stated = coalesce((SELECT max(value) FROM known_row, json_each(known_row.stated)), '');
    PRAGMA user_version = ${layout};
    COMMIT`);
}
