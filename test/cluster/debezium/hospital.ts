import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HospitalDatabase } from '../../../apps/adapter-db/test/hospital-database.js';
import { type Postgres, startPostgres } from '../../../deploy/stack/postgres.mjs';
import { provided } from '../../../deploy/stack/provided.js';

export type TextRow = Readonly<Record<string, string | null>>;

/** A hospital's database: what differs between the two kinds. */
export interface Hospital {
  /** One statement or several, as the hospital's own program. */
  readonly run: (sql: string) => Promise<void>;
  /** All rows of a query, whose every column is a text. */
  readonly rows: (sql: string) => Promise<readonly TextRow[]>;
  /** SQL for a column as text. */
  readonly text: (column: string) => string;
}

/** Of the connector's user, whose rights are those that docs/debezium-topics.md names. */
export const reader = { user: 'debezium', password: 'not-secret' };

export interface MariadbHospital extends Hospital {
  readonly database: HospitalDatabase;
}

/** Undefined, said in capitals, where this machine cannot provide it. */
export async function startMariadbHospital(): Promise<MariadbHospital | undefined> {
  const database = await HospitalDatabase.start();
  if (database === undefined) return undefined;
  const { user, password } = reader;
  await database.query(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY '${password}';
    GRANT SELECT, RELOAD, REPLICATION SLAVE, BINLOG MONITOR ON *.* TO ${user}@'127.0.0.1';
    CREATE TABLE patients (id BIGINT UNSIGNED PRIMARY KEY, family VARCHAR(60), born DATE);
    CREATE TABLE results (id INT PRIMARY KEY, patient_id BIGINT UNSIGNED, amount DECIMAL(30, 10), taken DATETIME(6),
      stamped TIMESTAMP(3) NULL, clock TIME(3), remarks LONGTEXT);
    CREATE TABLE beds (id INT PRIMARY KEY, label VARCHAR(20)); CREATE TABLE ticks (n INT)`);
  return {
    database,
    run: async (sql) => {
      await database.query(sql);
    },
    rows: async (sql) => (await database.query(sql)) as readonly TextRow[],
    text: (column) => `CAST(${column} AS CHAR)`,
  };
}

export interface PostgresHospital extends Hospital {
  readonly server: Postgres;
  dispose(): Promise<void>;
}

/** Undefined, said in capitals, where this machine cannot provide it. */
export async function startPostgresHospital(): Promise<PostgresHospital | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-postgres-'));
  const server = await provided(() => startPostgres({ directory }));
  if (server === undefined) return undefined;
  const { user, password } = reader;
  await server.query(`CREATE TABLE patients (id BIGINT PRIMARY KEY, family TEXT, born DATE);
    CREATE TABLE results (id INT PRIMARY KEY, patient_id BIGINT, amount NUMERIC(30, 10), taken TIMESTAMP(6),
      stamped TIMESTAMPTZ(3), clock TIME(3), remarks TEXT);
    CREATE TABLE beds (id INT PRIMARY KEY, label TEXT); CREATE TABLE ticks (n INT);
    ALTER TABLE patients REPLICA IDENTITY FULL;
    -- Beside the row and uncompressed: too large to be logged again when it did not change.
    ALTER TABLE results ALTER COLUMN remarks SET STORAGE EXTERNAL;
    CREATE ROLE ${user} LOGIN REPLICATION PASSWORD '${password}';
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user};
    CREATE PUBLICATION anamnesis FOR TABLE patients, results, beds`);
  return {
    server,
    run: async (sql) => {
      await server.query(sql);
    },
    rows: async (sql) => JSON.parse(await server.query(`SELECT json_agg(t) FROM (${sql}) t`)) as readonly TextRow[],
    text: (column) => `${column}::text`,
    dispose: async () => {
      await server.kill();
      await rm(directory, { recursive: true });
    },
  };
}
