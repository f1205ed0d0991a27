import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@anamnesis/core';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { Follower, type FollowerOptions, nameOf } from '../../../test/follower.js';
import { until } from '../../../test/until.js';

await onEachHospital('a source that follows the binary log', (hospital) => {
  const { connection } = hospital;
  const query = (sql: string) => hospital.query(sql);
  const session = (...sql: string[]) =>
    hospital.session(async (ask) => {
      for (const one of sql) await ask(one);
    });
  const followers: Follower[] = [];
  const follow = (options: Partial<FollowerOptions> = {}): Follower => {
    const follower = new Follower({ connection, keys: { patient: ['id'] }, ...options });
    followers.push(follower);
    follower.start();
    return follower;
  };
  const has = (follower: Follower, id: number) => until(() => follower.copy.has(nameOf('patient', [id])));
  const isEqual = async (follower: Follower) => {
    const tables = await follower.tables();
    await until(async () => {
      const copy = JSON.stringify([...follower.copy].sort());
      return copy === JSON.stringify([...(await follower.tables())].sort()) || follower.failure !== undefined;
    });
    expect(follower.failure).toBeUndefined();
    return tables.size;
  };

  beforeEach(async () => {
    await query(`DROP TABLE IF EXISTS visit, patient;
      CREATE TABLE patient (id INT PRIMARY KEY, name VARCHAR(40), ward VARCHAR(20));
      INSERT INTO patient VALUES (1, 'Test One', 'A'), (2, 'Test Two', 'B')`);
  });
  afterEach(async () => {
    for (const one of followers.splice(0)) await one.dispose();
  });

  it('tells what is there, then each change with the row before and after it', async () => {
    const follower = follow();
    await has(follower, 2);
    await query(`INSERT INTO patient VALUES (3, 'Test Three', NULL); UPDATE patient SET ward = 'C' WHERE id = 1;
      DELETE FROM patient WHERE id = 2`);
    await until(() => follower.changes.length === 5);
    expect(follower.changes.map(({ op, key, before, after }) => [op, key, before?.['ward'], after?.['ward']])).toEqual([
      ['r', [1], undefined, 'A'],
      ['r', [2], undefined, 'B'],
      ['c', [3], undefined, null],
      ['u', [1], 'A', 'C'],
      ['d', [2], 'B', undefined],
    ]);
    const times = follower.changes.slice(1).map(({ at }) => at);
    expect([...times].sort()).toEqual(times);
    expect(new Set(times.slice(1)).size).toBe(3);
  });

  it('makes of a new key a row that is gone and one that is there, in one transaction', async () => {
    const follower = follow();
    await has(follower, 2);
    await query('UPDATE patient SET id = 20 WHERE id = 2');
    await has(follower, 20);
    const [gone, made] = follower.changes.slice(-2);
    expect([gone?.op, gone?.key, made?.op, made?.key]).toEqual(['d', [2], 'c', [20]]);
    expect(gone?.transaction).toBe(made?.transaction);
  });

  it('goes on in the middle of a transaction where it was stopped, telling the same again', async () => {
    let crashes = 3;
    const follower = follow({
      beforeKept: ({ changes }) => {
        if (changes.some(({ op }) => op === 'c') && crashes-- > 0) throw new Error('crash');
      },
    });
    await has(follower, 2);
    await query(`INSERT INTO patient VALUES ${patients(100, 9000)}`);
    while (crashes >= 0) {
      await until(() => follower.failure !== undefined || follower.copy.size === 8903);
      if (follower.failure === undefined) break;
      await follower.stop();
      follower.start();
    }
    expect(await isEqual(follower)).toBe(8903);
    expect(follower.repeats).toBeGreaterThan(0);
    expect(follower.contradictions).toEqual([]);
  });

  it.each([
    ['all rows are read for the first time', 0],
    ['rows are compared', 1],
  ])('knows after a crash what it told when %s, though the rows are others meanwhile', async (_, readings) => {
    let left = readings;
    const follower = follow({
      times: { reconcileMs: 200 },
      beforeKept: ({ changes }) => {
        if (changes.length > 0 && left-- === 0) throw new Error('crash');
      },
    });
    if (readings > 0) {
      await has(follower, 2);
      await session('SET sql_log_bin = 0', "INSERT INTO patient VALUES (3, 'x', 'y')", "UPDATE patient SET ward = 'X'");
    }
    await until(() => follower.failure !== undefined);
    await session('SET sql_log_bin = 0', 'DELETE FROM patient WHERE id > 1', "UPDATE patient SET ward = 'A'");
    await query('DELETE FROM patient WHERE id = 1');
    await follower.stop();
    follower.start();
    expect(await isEqual(follower)).toBe(0);
    expect(follower.repeats).toBeGreaterThan(0);
    const times = follower.changes.map(({ at }) => at);
    expect([...times].sort()).toEqual(times);
    expect(new Set(follower.changes.map(({ key, position }) => canonicalJson([key, position]))).size).toBe(
      times.length,
    );
  });

  it('holds no more of a large transaction than it may', async () => {
    const follower = follow({ waitingMax: 1000 });
    await has(follower, 2);
    await query(`INSERT INTO patient VALUES ${patients(1000, 10_999)}`);
    await until(() => follower.copy.size === 10_002);
    expect(follower.waitingMost).toBeLessThan(5000);
  });

  it.each([
    ['a connection that wrote to no log, at the next comparison', ['SET sql_log_bin = 0']],
    ['statements instead of rows', ['SET binlog_format = STATEMENT']],
    ['changed columns alone', ['SET binlog_row_image = MINIMAL']],
  ])('finds what was changed by %s', async (_, settings) => {
    const follower = follow({ times: { reconcileMs: 300 } });
    await has(follower, 2);
    await session(...settings, "UPDATE patient SET ward = 'Z' WHERE id = 1", 'DELETE FROM patient WHERE id = 2');
    expect(await isEqual(follower)).toBe(1);
    expect(follower.changes.slice(2).map(({ op, before }) => [op, before?.['ward']])).toEqual([
      ['u', 'A'],
      ['d', 'B'],
    ]);
  });

  it('takes the rows of an XA transaction when it is decided, and none of one that is rolled back', async () => {
    const follower = follow();
    await has(follower, 2);
    await session(
      "XA START 'no'",
      "INSERT INTO patient VALUES (7, 'x', 'x')",
      "XA END 'no'",
      "XA PREPARE 'no'",
      "XA ROLLBACK 'no'",
    );
    await session(
      "XA START 'yes'",
      "INSERT INTO patient VALUES (8, 'x', 'x')",
      "XA END 'yes'",
      "XA PREPARE 'yes'",
      "XA COMMIT 'yes'",
    );
    await has(follower, 8);
    expect(follower.copy.has(nameOf('patient', [7]))).toBe(false);
    expect(follower.changes.some(({ key }) => key[0] === 7)).toBe(false);
  });

  it('compares after TRUNCATE and ALTER, and reads each row as the table was when it was written', async () => {
    const follower = follow();
    await has(follower, 2);
    await query(`ALTER TABLE patient ADD COLUMN born DATE FIRST; INSERT INTO patient VALUES ('1999-02-28', 5, 'Test Five', 'C');
      ALTER TABLE patient DROP COLUMN born; INSERT INTO patient VALUES (6, 'Test Six', 'D')`);
    await has(follower, 6);
    expect(await isEqual(follower)).toBe(4);
    await query("-- every night\nTRUNCATE TABLE patient; INSERT INTO patient VALUES (9, 'Test Nine', 'E')");
    expect(await isEqual(follower)).toBe(1);
    expect(follower.guards).toEqual(expect.arrayContaining(['alter', 'truncate']));
  });

  it('tells nothing of rows whose table got or lost a column that the mapping does not read', async () => {
    const follower = follow({ columns: { patient: ['id', 'name', 'born'] } });
    await has(follower, 2);
    const compared = (times: number) => until(() => follower.compared.length === times);
    await compared(1);
    await query(
      'ALTER TABLE patient ADD COLUMN shift INT NOT NULL DEFAULT 3, DROP COLUMN ward, ADD COLUMN bed VARCHAR(9)',
    );
    await compared(2);
    expect(follower.compared[1]).toEqual({ r: 0, u: 0, d: 0 });
    await query("SET sql_log_bin = 0; UPDATE patient SET bed = 'B7' WHERE id = 2; SET sql_log_bin = 1");
    await query('ALTER TABLE patient ADD COLUMN born DATE');
    await compared(3);
    expect(follower.changes.slice(2).map(({ op, before, after }) => [op, before, after])).toEqual([
      [
        'u',
        { id: 1, name: 'Test One', shift: 3, bed: null },
        { id: 1, name: 'Test One', shift: 3, bed: null, born: null },
      ],
      [
        'u',
        { id: 2, name: 'Test Two', shift: 3, bed: null },
        { id: 2, name: 'Test Two', shift: 3, bed: 'B7', born: null },
      ],
    ]);
  });

  it('reads tables of several databases, each by the name that the mapping gives it', async () => {
    await query(`CREATE DATABASE laboratory; CREATE TABLE laboratory.patient (no INT PRIMARY KEY, said VARCHAR(9));
      INSERT INTO laboratory.patient VALUES (7, 'low')`);
    const follower = follow({ keys: { 'hospital.patient': ['id'], 'laboratory.patient': ['no'] } });
    const known = (table: string, id: number) => until(() => follower.copy.has(nameOf(table, [id])));
    await known('laboratory.patient', 7);
    await query(`INSERT INTO laboratory.patient VALUES (8, 'high'); INSERT INTO patient VALUES (3, 'Test Three', 'C');
      TRUNCATE TABLE laboratory.patient; INSERT INTO laboratory.patient VALUES (9, 'low')`);
    await known('laboratory.patient', 9);
    expect(await isEqual(follower)).toBe(4);
    expect(follower.guards).toEqual(['truncate']);
    await query('DROP DATABASE laboratory');
  });

  it('compares with the table that was put in the place of another', async () => {
    await query('DROP TABLE IF EXISTS patient_new, patient_old');
    const follower = follow();
    await has(follower, 2);
    await query(`CREATE TABLE patient_new LIKE patient; INSERT INTO patient_new VALUES (1, 'Test One', 'A'), (7, 'Test Seven', 'G');
      RENAME TABLE patient TO patient_old, patient_new TO patient; INSERT INTO patient VALUES (8, 'Test Eight', 'H')`);
    expect(await isEqual(follower)).toBe(3);
    expect(follower.guards).toContain('table-gone');
    expect(follower.contradictions).toEqual([]);
    await query('DROP TABLE patient_old');
  });

  it('finds the children that a deleted row takes with it', async () => {
    await query(`CREATE TABLE visit (id INT PRIMARY KEY, patient INT, FOREIGN KEY (patient) REFERENCES patient (id) ON DELETE CASCADE);
      INSERT INTO visit VALUES (10, 1), (11, 2)`);
    const follower = follow({ keys: { patient: ['id'], visit: ['id'] } });
    await until(() => follower.copy.size === 4);
    await query('DELETE FROM patient WHERE id = 1');
    expect(await isEqual(follower)).toBe(2);
    const gone = follower.changes.filter(({ table }) => table === 'visit').at(-1);
    expect(gone).toMatchObject({ op: 'd', key: [10], before: { patient: 1 } });
    // MySQL since 9.6 logs what a cascade does.
    const [isLogged] = await query("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'");
    expect(follower.guards.includes('cascade')).toBe(isLogged === undefined);
  });

  it('says that there is a gap when the log was purged, and finds by comparison what it missed', async () => {
    const follower = follow();
    await has(follower, 2);
    await follower.stop();
    await query(`UPDATE patient SET ward = 'Q' WHERE id = 1; FLUSH BINARY LOGS; DELETE FROM patient WHERE id = 2;
      INSERT INTO patient VALUES (3, 'Test Three', 'R'); FLUSH BINARY LOGS`);
    const logs = await query('SHOW BINARY LOGS');
    await query(`PURGE BINARY LOGS TO '${String(logs.at(-1)?.['Log_name'])}'`);
    follower.start();
    await has(follower, 3);
    expect(await isEqual(follower)).toBe(2);
    expect(follower.gaps).toMatchObject([{ reason: 'log-purged' }]);
    expect(follower.changes.slice(2).map(({ op, key }) => [op, key])).toEqual([
      ['u', [1]],
      ['r', [3]],
      ['d', [2]],
    ]);
  });

  it('says that there is a gap when the log was begun anew while it was followed, and finds what came then', async () => {
    const follower = follow();
    await has(follower, 2);
    await query("UPDATE patient SET ward = 'K' WHERE id = 1");
    await until(() => follower.changes.length === 3);
    await query(hospital.forgetLog);
    await query("INSERT INTO patient VALUES (3, 'Test Three', 'R'); DELETE FROM patient WHERE id = 2");
    await has(follower, 3);
    expect(await isEqual(follower)).toBe(2);
    expect(follower.gaps).toMatchObject([{ reason: 'log-purged' }]);
  });

  it('goes on after its connection was cut, files were rotated and checksums were turned off and on', async () => {
    const follower = follow();
    await has(follower, 2);
    for (const [at, checksum] of ['NONE', 'CRC32', 'NONE', 'CRC32'].entries()) {
      await query(
        `SET GLOBAL binlog_checksum = ${checksum}; INSERT INTO patient VALUES (${30 + at}, 'x', 'y'); FLUSH BINARY LOGS`,
      );
      const dumps = await query(
        "SELECT id FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog%' AND USER = 'reader'",
      );
      for (const { id } of dumps) await query(`KILL ${String(id)}`).catch(() => undefined);
    }
    await has(follower, 33);
    expect(await isEqual(follower)).toBe(6);
  });

  it('notices a server that hangs, and goes on when it is there again', async () => {
    const follower = follow({ times: { heartbeatMs: 100 } });
    await has(follower, 2);
    await query("INSERT INTO patient VALUES (49, 'x', 'y')");
    await has(follower, 49);
    await hospital.hang(() => until(() => follower.lost.length > 0));
    await query("INSERT INTO patient VALUES (50, 'x', 'y')");
    await has(follower, 50);
    expect(follower.lost[0]).toBe('SILENT');
  });

  describe('in the middle of reading a table larger than what is read ahead', () => {
    const rows = 3000;
    beforeEach(() =>
      query(`INSERT INTO patient VALUES ${patients(100, rows + 97)};
      ALTER TABLE patient ADD COLUMN note TEXT NOT NULL DEFAULT (REPEAT('n', 8000))`),
    );

    it.each([
      ['dies', () => hospital.dieAndReturn()],
      ['cuts its connections', cutConnections],
    ])('begins again when the server %s', async (_, fault) => {
      let faults = 0;
      const follower = follow({ beforeKept: async () => (faults++ === 0 ? fault() : undefined) });
      await until(() => follower.copy.size === rows);
      expect(follower.lost.length).toBeGreaterThan(0);
    });

    async function cutConnections(): Promise<void> {
      const all = await query("SELECT id FROM information_schema.PROCESSLIST WHERE USER = 'reader'");
      for (const { id } of all) await query(`KILL ${String(id)}`);
    }
  });

  it('stops while it waits for the first row of a table that somebody has locked', async () => {
    await hospital.session(async (ask) => {
      await ask('LOCK TABLES patient WRITE');
      const follower = follow();
      const waits = "SELECT id FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%'";
      await until(async () => (await query(waits)).length > 0);
      await follower.stop();
      expect(follower.failure).toBeUndefined();
    });
  });

  it('says that another reads the log under its number', async () => {
    const { port } = hospital;
    const same = { ...connection, port, serverId: 77 };
    const [first, second] = [follow({ connection: same }), follow({ connection: same })];
    await until(() => [...first.guards, ...second.guards].includes('server-id-clash'));
  });

  it('reads the rows of a table that the mapping names only now', async () => {
    await query('CREATE TABLE visit (id INT PRIMARY KEY, patient INT); INSERT INTO visit VALUES (10, 1)');
    const follower = follow();
    await has(follower, 2);
    await follower.stop();
    follower.options = { connection, keys: { patient: ['id'], visit: ['id'] } };
    follower.start();
    await until(() => follower.copy.has(nameOf('visit', [10])));
    expect(follower.changes).toHaveLength(3);
  });

  it('goes on by its GTIDs, whatever the files are called', async () => {
    const follower = follow({
      beforeKept: (batch) => {
        Reflect.set(batch.position, 'file', 'of-another-server.000001');
      },
    });
    await has(follower, 2);
    for (const at of [40, 41]) {
      await follower.stop();
      await query(`INSERT INTO patient VALUES (${at}, 'x', 'y'); FLUSH BINARY LOGS`);
      follower.start();
      await has(follower, at);
    }
    expect(follower.changes.map(({ op }) => op)).toEqual(['r', 'r', 'c', 'c']);
    expect(follower.gaps).toEqual([]);
  });

  it('follows by file and offset where there are no GTIDs to go by', async () => {
    const follower = follow({
      beforeKept: (batch) => {
        Reflect.deleteProperty(batch.position, 'gtid');
      },
    });
    await has(follower, 2);
    for (const at of [40, 41, 42]) {
      await follower.stop();
      await query(`INSERT INTO patient VALUES (${at}, 'x', 'y'); FLUSH BINARY LOGS`);
      follower.start();
      await has(follower, at);
    }
    expect(follower.contradictions).toEqual([]);
    expect(await isEqual(follower)).toBe(5);
  });
});

/** Patients numbered from the first to the last. */
function patients(first: number, last: number): string {
  return Array.from({ length: last - first + 1 }, (_, at) => `(${first + at}, 'Test ${first + at}', 'X')`).join(', ');
}
