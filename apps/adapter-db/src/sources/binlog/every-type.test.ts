import { expect, it } from '@jest/globals';
import { Follower } from '../../../test/follower.js';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { until } from '../../../test/until.js';

/** A column of each kind, and values at its edges. */
const columns: readonly (readonly [type: string, ...values: readonly string[]])[] = [
  ['TINYINT UNSIGNED', '255', '0'],
  ['MEDIUMINT', '-8388608', '8388607'],
  ['BIGINT UNSIGNED', '18446744073709551615', '9007199254740993'],
  ['DECIMAL(30,10)', '-12345678901234567890.0123456789', '0.1'],
  ['FLOAT', '0.1', '-3.4028234e38'],
  ['DOUBLE', '0.1', '1e300'],
  ['BIT(10)', "b'1000000001'", "b'0'"],
  ['YEAR', '1901', '2155'],
  ['YEAR', "'0000'", 'NULL'],
  ['DATE', "'0000-00-00'", "'9999-12-31'"],
  ['TIME', "'-01:00:00'", "'-00:01:00'"],
  ['TIME(3)', "'-10:20:00'", "'-00:00:01.5'"],
  ['TIME(6)', "'-838:59:58.999999'", "'00:00:00.5'"],
  ['DATETIME(3)', "'1000-01-01 00:00:00'", "'2026-02-28 23:59:59.999'"],
  ['TIMESTAMP NULL', "'0000-00-00 00:00:00'", 'NULL'],
  ['TIMESTAMP(6) NULL', "'1970-01-01 00:00:01.000001'", "'2026-02-28 10:00:00'"],
  ['CHAR(5) CHARACTER SET latin1', "'Zoë  '", "''"],
  ['VARCHAR(40)', "'علی 😀 '", "'a\\nb'"],
  ['VARBINARY(10)', "x'00ff'", "x''"],
  ['BINARY(4)', "x'01'", "x'00000000'"],
  ['MEDIUMTEXT', "REPEAT('ü', 70000)", "'x'"],
  ['LONGBLOB', "REPEAT(x'fe', 300)", "x'80'"],
  ["ENUM('a','ü')", "'ü'", "'a'"],
  ["ENUM('a','b')", "'neither'", 'NULL'],
  ["SET('x','y','z')", "'x,z'", "''"],
  [
    'JSON',
    `'{"b": 1.0, "10": -0.0, "n": 12345678901234567890, "t": "a\\\\n\\\\u0001\\\\"é", "d": 1e300, "l": [null, true, 1.50]}'`,
    `'"text"'`,
  ],
];
/** Those of one of the two alone. */
const own = {
  MariaDB: [
    ['UUID', "'0b5a2a2e-6a1c-4d7c-9d3e-000000000001'", 'NULL'],
    ['INET6', "'::ffff:10.0.0.1'", "'2001:db8:0:1:1:1:1:1'"],
    ['INET6', "'::10.0.0.1'", "'1:0:0:2:0:0:0:3'"],
    ['INET6', "'::'", "'fe80::'"],
    ['POINT', 'POINT(1, -2.5)', 'POINT(0, 0)'],
  ],
  MySQL: [
    ['POINT', 'POINT(1, -2.5)', 'POINT(0, 0)'],
    ['VARCHAR(10) COLLATE utf8mb4_0900_ai_ci', "'Ä'", "'a'"],
    ['INT INVISIBLE', '7', '8'],
    ["VARCHAR(40) DEFAULT (CONCAT('d', 1))", 'DEFAULT', "'x'"],
  ],
} satisfies Record<string, (readonly [string, ...string[]])[]>;

await onEachHospital('values of every type', (hospital) => {
  it('are the same from the log as from a query', async () => {
    const all: readonly (readonly [string, ...string[]])[] = [...columns, ...own[hospital.product]];
    const definitions = all.map(([type], at) => `c${at} ${type}`);
    const row = (id: number) => `(${id}, ${all.map((one) => one[id]).join(', ')})`;
    const names = all.map((_, at) => `c${at}`).join(', ');
    await hospital.query(`CREATE TABLE typed (id INT PRIMARY KEY, ${definitions.join(', ')})`);
    const follower = new Follower({ connection: hospital.connection, keys: { typed: ['id'] } });
    follower.start();
    await until(() => follower.compared.length === 1 || follower.failure !== undefined);
    await hospital.session(async (query) => {
      await query("SET sql_mode = ''");
      await query(`INSERT INTO typed (id, ${names}) VALUES ${row(1)}, ${row(2)}`);
    });
    await until(() => follower.copy.size === 2 || follower.failure !== undefined);
    expect(follower.failure).toBeUndefined();
    const read = await follower.tables();
    for (const [name, told] of follower.copy) expect(told).toEqual(read.get(name));
    expect(follower.guards).toEqual([]);
    await follower.dispose();
  });
});
