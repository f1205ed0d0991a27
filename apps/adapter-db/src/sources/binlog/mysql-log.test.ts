import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Follower, type FollowerOptions, nameOf } from '../../../test/follower.js';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { until } from '../../../test/until.js';

/** What only the log of MySQL has. */
const tests: Parameters<typeof onEachHospital>[1] = (hospital) => {
  const followers: Follower[] = [];
  const follow = (options: Partial<FollowerOptions> = {}): Follower => {
    const { connection } = hospital;
    const follower = new Follower({ connection, keys: { note: ['id'] }, times: { rereadMs: 0 }, ...options });
    followers.push(follower);
    follower.start();
    return follower;
  };
  const has = (follower: Follower, id: number) =>
    until(() => follower.copy.has(nameOf('note', [id])) || follower.failure !== undefined);
  const isEqual = async (follower: Follower) => {
    await until(
      async () =>
        JSON.stringify([...follower.copy].sort()) === JSON.stringify([...(await follower.tables())].sort()) ||
        follower.failure !== undefined,
    );
    expect(follower.failure).toBeUndefined();
  };
  const session = (...statements: string[]) =>
    hospital.session(async (query) => {
      for (const one of statements) await query(one);
    });
  const insert = (id: number) => `INSERT INTO note VALUES (${id}, '{"a": 1, "b": "${'x'.repeat(200)}"}')`;

  beforeEach(async () => {
    await hospital.query(`DROP TABLE IF EXISTS note; CREATE TABLE note (id INT PRIMARY KEY, body JSON); ${insert(1)}`);
  });
  afterEach(async () => {
    for (const one of followers.splice(0)) await one.dispose();
  });

  it('tells the rows of a compressed transaction, also from its middle on', async () => {
    let crashes = 1;
    const follower = follow({
      beforeKept: ({ changes }) => {
        if (changes.some(({ op }) => op === 'c') && crashes-- > 0) throw new Error('crash');
      },
    });
    await has(follower, 1);
    const many = Array.from({ length: 1200 }, (_, at) => `(${at + 10}, '{"a": ${at}}')`).join(', ');
    await session(
      'SET binlog_transaction_compression = ON',
      'BEGIN',
      `INSERT INTO note VALUES ${many}`,
      `UPDATE note SET body = '{}' WHERE id = 10`,
      'DELETE FROM note WHERE id = 11',
      'COMMIT',
    );
    await until(() => follower.failure !== undefined);
    await follower.stop();
    follower.start();
    await has(follower, 1209);
    await isEqual(follower);
    expect(follower.guards).toEqual([]);
    expect(follower.contradictions).toEqual([]);
    expect(new Set(follower.changes.slice(1).map(({ transaction }) => transaction)).size).toBe(1);
  });

  it('compares where a part of a document was logged instead of the row', async () => {
    const follower = follow();
    await has(follower, 1);
    const parts = 'SET binlog_row_value_options = PARTIAL_JSON';
    await session(parts, "UPDATE note SET body = JSON_SET(body, '$.a', 2) WHERE id = 1");
    await isEqual(follower);
    expect(follower.changes.at(-1)).toMatchObject({ op: 'u', key: [1] });
    await session(
      ...[parts, 'SET binlog_transaction_compression = ON'],
      "UPDATE note SET body = JSON_SET(body, '$.a', 3) WHERE id = 1",
    );
    await isEqual(follower);
    expect(follower.guards).toEqual(['partial-row-image', 'partial-row-image']);
    expect(follower.lost).toEqual([]);
  });

  it('goes on after transactions whose GTIDs have a tag, each told once', async () => {
    const follower = follow();
    await has(follower, 1);
    await session("SET gtid_next = 'AUTOMATIC:ward_7'", insert(2), insert(3));
    await has(follower, 3);
    await follower.stop();
    await session("SET gtid_next = 'AUTOMATIC:ward_7'", insert(4), "SET gtid_next = 'AUTOMATIC'", insert(5));
    follower.start();
    await has(follower, 5);
    expect(follower.changes.map(({ op, key }) => [op, key[0]])).toEqual([
      ['r', 1],
      ['c', 2],
      ['c', 3],
      ['c', 4],
      ['c', 5],
    ]);
    expect(follower.repeats).toBe(0);
  });

  it('reads tables with columns that no SELECT * shows or no row holds, by a key that the server made', async () => {
    await session(
      'SET sql_generate_invisible_primary_key = ON',
      'DROP TABLE IF EXISTS keyless',
      `CREATE TABLE keyless (name VARCHAR(20), doubled VARCHAR(40) AS (CONCAT(name, name)) VIRTUAL,
        kept VARCHAR(40) AS (UPPER(name)) STORED, hidden INT INVISIBLE DEFAULT 3, INDEX ((LOWER(name))))`,
      "INSERT INTO keyless (name) VALUES ('a')",
    );
    const follower = follow({ keys: { keyless: ['my_row_id'] } });
    await until(() => follower.compared.length === 1 || follower.failure !== undefined);
    await hospital.query(
      "INSERT INTO keyless (name, hidden) VALUES ('b', 4); UPDATE keyless SET name = 'c' WHERE name = 'a'",
    );
    await until(() => follower.changes.length === 3 || follower.failure !== undefined);
    await isEqual(follower);
    expect(follower.guards).toEqual([]);
    expect(follower.contradictions).toEqual([]);
  });

  it('goes on telling while a lock of the hospital keeps it from comparing', async () => {
    const follower = follow();
    await has(follower, 1);
    await session(insert(2));
    await has(follower, 2);
    await hospital.session(async (query) => {
      await query('LOCK TABLES note WRITE');
      await query("ALTER TABLE note COMMENT = 'asks for a comparison'");
      await until(() => follower.guards.includes('comparison-waits'));
      await query(insert(3));
      await has(follower, 3);
      expect(follower.compared).toHaveLength(1);
    });
    await until(() => follower.compared.length === 2);
    expect(follower.lost).toEqual([]);
  });

  it.each([
    ['of another server', 'server-changed', { server: '00000000-0000-0000-0000-000000000001' }],
    ['beyond what a server can be asked for', 'log-offset', { offset: 2 ** 32 }],
  ])('compares where its place is %s and there are no GTIDs', async (_, reason, wrong) => {
    const follower = follow({
      beforeKept: ({ position }) => {
        Reflect.deleteProperty(position, 'gtid');
        if (follower.gaps.length === 0) Object.assign(position, wrong);
      },
    });
    await has(follower, 1);
    await follower.stop();
    await session(insert(2));
    follower.start();
    await has(follower, 2);
    expect(follower.gaps).toMatchObject([{ reason }]);
    await session(insert(3));
    await has(follower, 3);
    expect(follower.changes.map(({ op }) => op)).toEqual(['r', 'r', 'c']);
  });

  it('is not thrown back by files that were purged after they had been told', async () => {
    let file: unknown;
    const follower = follow({
      beforeKept: ({ position }) => {
        Reflect.deleteProperty(position, 'gtid');
        file = position['file'];
      },
    });
    await has(follower, 1);
    await session(insert(2));
    await has(follower, 2);
    await session('FLUSH BINARY LOGS');
    const last = String((await hospital.query('SHOW BINARY LOGS')).at(-1)?.['Log_name']);
    await until(() => file === last);
    await follower.stop();
    await hospital.query(`PURGE BINARY LOGS TO '${last}'`);
    follower.start();
    await session(insert(3));
    await has(follower, 3);
    expect(follower.gaps).toEqual([]);
  });
};

await onEachHospital('a log with what only MySQL writes', tests, ['MySQL']);
