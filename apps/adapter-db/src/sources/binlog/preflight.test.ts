import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { canonicalJson, type Row, type RowChange } from '@anamnesis/core';
import { Follower } from '../../../test/follower.js';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { until } from '../../../test/until.js';
import { parseLossless } from '../debezium/lossless-json.js';
import { SourceFault } from '../source-fault.js';

const corpus = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'dbchange', 'mysql-hospital');
const hasCorpus = existsSync(corpus);
if (!hasCorpus) console.warn('SKIPPED: a hospital of the corpus on MariaDB, CORPUS_DIR/dbchange is not there');

await onEachHospital('before a server is read', (database) => {
  const reader = "reader@'127.0.0.1'";
  /** What the source says when it is started like this. */
  const faultOf = async (options: Partial<ConstructorParameters<typeof Follower>[0]> = {}) => {
    const follower = new Follower({ connection: database.connection, keys: { patient: ['id'] }, ...options });
    follower.start();
    await until(() => follower.failure !== undefined || follower.compared.length > 0);
    await follower.dispose();
    const { failure, guards } = follower;
    return failure instanceof SourceFault ? `${failure.code}: ${failure.message}` : guards.join(' ');
  };

  afterEach(async () => {
    await database.query(`DROP VIEW IF EXISTS seen; DROP TABLE IF EXISTS child, patient;
      SET GLOBAL binlog_format = ROW, GLOBAL binlog_row_image = FULL, GLOBAL binlog_row_metadata = FULL;
      ${database.product === 'MySQL' ? "SET GLOBAL binlog_row_value_options = '';" : ''} ${database.grant()}`);
  });

  const table = 'CREATE TABLE patient (id INT PRIMARY KEY, name VARCHAR(20))';

  it.each([
    ['binlog_format = MIXED', /^binlog-settings: binlog_format is MIXED, must be ROW/],
    ['binlog_row_image = MINIMAL', /^binlog-settings: binlog_row_image is MINIMAL, must be FULL/],
    ['binlog_row_metadata = MINIMAL', /^binlog-settings: binlog_row_metadata is MINIMAL, must be FULL/],
    ...(database.product === 'MySQL'
      ? ([
          [
            'binlog_row_value_options = PARTIAL_JSON',
            /^binlog-settings: binlog_row_value_options is PARTIAL_JSON, must be empty/,
          ],
        ] as const)
      : []),
  ])('says that %s will not do, and why', async (setting, expected) => {
    await database.query(`${table}; SET GLOBAL ${setting}`);
    expect(await faultOf()).toMatch(expected);
  });

  it.each([
    ['REPLICATION SLAVE', /^grants-missing: the user lacks REPLICATION SLAVE on/],
    [database.monitorRight, /^grants-missing: the user lacks REPLICATION CLIENT \(MariaDB: BINLOG MONITOR\) on/],
    ['SELECT', /^(table-missing: there is no table hospital.patient|grants-missing)/],
    ...(database.product === 'MySQL' ? ([['RELOAD', /^grants-missing: the user lacks RELOAD on/]] as const) : []),
  ])('says that the user lacks %s', async (right, expected) => {
    await database.query(`${table}; REVOKE ${right} ON *.* FROM ${reader}`);
    expect(await faultOf()).toMatch(expected);
  });

  it('says that the password is wrong, not there, or in a file that cannot be read', async () => {
    const { port } = database;
    const connection = { host: '127.0.0.1', port, database: 'hospital', user: 'reader' };
    expect(await faultOf({ connection })).toBe('access-denied: the user or its password is not accepted');
    expect(await faultOf({ connection: { ...connection, passwordVariable: 'NOT_SET_ANYWHERE' } })).toBe(
      'credentials-missing: the environment variable NOT_SET_ANYWHERE is not set',
    );
    expect(await faultOf({ connection: { ...connection, passwordFile: '/nowhere/password' } })).toBe(
      'credentials-missing: passwordFile: /nowhere/password cannot be read',
    );
  });

  it.each([
    [
      'CREATE TABLE patient (id INT, name VARCHAR(20))',
      /^table-without-key: patient: no primary or unique key over id/,
    ],
    ['CREATE TABLE patient (id INT NULL UNIQUE)', /^table-without-key/],
    ['CREATE TABLE patient (id INT, part INT, PRIMARY KEY (id, part))', /^table-without-key/],
    ['CREATE VIEW patient AS SELECT 1 AS id', /^table-missing: hospital.patient is no table/],
    ['DO 1', /^table-missing: there is no table hospital.patient/],
    ['CREATE TABLE patient (id INT PRIMARY KEY) ENGINE = MyISAM', /^no-transactions/],
    database.product === 'MySQL'
      ? ['CREATE TABLE patient (id INT PRIMARY KEY, v VECTOR(2))', /^column-unreadable: patient.v is a VECTOR/]
      : [
          'CREATE TABLE patient (id INT PRIMARY KEY, at POINT, name TEXT)',
          /^column-unreadable: patient.at is a POINT before name/,
        ],
  ])('says of %s what is wrong', async (sql, expected) => {
    await database.query(sql);
    expect(await faultOf()).toMatch(expected);
    await database.query('DROP VIEW IF EXISTS patient');
  });

  it('says that the mapping reads a column that is not there, and reads the rest', async () => {
    await database.query(table);
    expect(await faultOf({ columns: { patient: ['id', 'name'] } })).toBe('');
    expect(await faultOf({ columns: { patient: ['id', 'Name'] } })).toMatch(/^column-missing/);
  });

  it('says that it may not call itself as the server does', async () => {
    await database.query(table);
    const connection = { ...database.connection, port: database.port, serverId: 1 };
    expect(await faultOf({ connection })).toBe("server-id-taken: serverId 1 is the server's own: choose another");
  });

  (hasCorpus ? it : it.skip)('tells the hospital of the corpus as it was recorded, every value exactly', async () => {
    const sql = (name: string) => readFileSync(join(corpus, name), 'utf8');
    const recorded = JSON.parse(sql('expected-events.json')) as {
      readonly snapshot: readonly { readonly table: string; readonly after: Row }[];
      readonly events: readonly RecordedChange[];
    };
    await database.session(async (query) => {
      await query(sql('schema.sql'));
      await query(sql('seed.sql'));
    });
    const keys = { patients: ['patient_id'], visits: ['visit_id'], lab_results: ['result_id'], access_log: ['log_id'] };
    const follower = new Follower({ connection: database.connection, keys });
    follower.start();
    await until(() => follower.compared.length === 1);
    expect(follower.changes.map(({ table: name, after }) => ({ op: 'r', table: name, after: plain(after) }))).toEqual(
      recorded.snapshot.map((one) => ({ ...one, after: plain(one.after) })),
    );
    await database.session(async (query) => {
      await query(sql('changes.sql'));
    });
    await until(
      async () => JSON.stringify([...follower.copy].sort()) === JSON.stringify([...(await follower.tables())].sort()),
    );
    // What the cascade of the changed key did to a visit is in no log, but in that of MySQL since 9.6.
    const isCascaded = ({ op, table: name, after }: RowChange) =>
      op === 'u' && name === 'visits' && after?.['patient_id'] === 40;
    const logged = follower.changes.filter(({ position }) => !position.startsWith('read-'));
    const told = logged.filter((one) => !isCascaded(one));
    expect(told.map(plainChange)).toEqual(recorded.events.flatMap(asTold).map(plainChange));
    // Rows of one transaction have its number, and only they.
    const numbers = recorded.events.flatMap((one) => asTold(one).map(() => one.transaction));
    const pairs = told.map(({ transaction }, at) => `${String(transaction)} ${String(numbers[at])}`);
    expect([new Set(told.map(({ transaction }) => transaction)).size, new Set(pairs).size]).toEqual([10, 10]);
    expect(follower.guards).toContain('alter');
    const found = follower.changes
      .filter(({ position }) => position.startsWith('read-'))
      .slice(recorded.snapshot.length);
    const cascaded = [...logged, ...found].filter(isCascaded);
    expect(cascaded.map(({ op, key, after }) => [op, key, after?.['patient_id']])).toEqual([
      ['u', ['18446744073709551615'], 40],
    ]);
    // Nor was the new column of rows that nobody touched.
    const added = found.filter(({ table: name }) => name !== 'visits');
    for (const { op, before, after } of added) expect([op, after]).toEqual(['u', { ...before, email: null }]);
    await follower.dispose();
    await database.query('DROP TABLE lab_results, visits, patients, access_log');
  });
});

interface RecordedChange {
  readonly transaction: number;
  readonly op: string;
  readonly table: string;
  readonly key: Row;
  readonly keyBefore?: Row;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** A changed key is two changes here and one in the recording. */
function asTold({ op, table, key, keyBefore, before, after }: RecordedChange) {
  const sides = { before: before ?? undefined, after: after ?? undefined };
  if (keyBefore === undefined) return [{ op, table, key: Object.values(key), ...sides }];
  return [
    { op: 'd', table, key: Object.values(keyBefore), before: sides.before, after: undefined },
    { op: 'c', table, key: Object.values(key), before: undefined, after: sides.after },
  ];
}

/** MariaDB keeps JSON as it was written, MySQL as a document: here it is the same. */
function plain(row: Row | undefined): Row | undefined {
  const isDocument = (value: unknown): value is string => typeof value === 'string' && value.startsWith('{');
  const entries = Object.entries(row ?? {}).map(([column, value]) => [
    column,
    isDocument(value) ? canonicalJson(parseLossless(value)) : value,
  ]);
  return row && (Object.fromEntries(entries) as Row);
}

function plainChange({ op, table, key, before, after }: ReturnType<typeof asTold>[number] | RowChange) {
  return { op, table, key, before: plain(before), after: plain(after) };
}
