import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomOf } from '../../../../../test/chaos/random.js';
import { Follower } from '../../../test/follower.js';
import { HospitalDatabase } from '../../../test/hospital-database.js';
import { until } from '../../../test/until.js';

const seed = Number(process.env['BINLOG_SEED'] ?? Date.now() % 1_000_000);
const writers = 3;
const changesEach = 50;
/** A lock that another writer holds, a row that is there already or not there, a column that is or is not. */
const harmless = /ER_(LOCK_DEADLOCK|LOCK_WAIT_TIMEOUT|DUP_ENTRY|DUP_FIELDNAME|CANT_DROP_FIELD_OR_KEY|CHECKREAD|XA\w+)/;
const away = /ECONN|EPIPE|PROTOCOL|FATAL|SHUTDOWN|Pool is closed|closed state/;

/** For a lock that another writer holds; the server forgets it when it dies. */
const shortWaits = 'SET GLOBAL innodb_lock_wait_timeout = 1, GLOBAL lock_wait_timeout = 1';

const hospital = await HospitalDatabase.start();
const withMariadb = hospital === undefined ? describe.skip : describe;
afterAll(() => hospital?.dispose());

withMariadb(`random changes, seed ${seed} (BINLOG_SEED)`, () => {
  const database = hospital as HospitalDatabase;
  const keys = { bed: ['ward', 'bed'], patient: ['id'] };

  beforeEach(async () => {
    await database.query(shortWaits);
    await database.query(`DROP TABLE IF EXISTS patient, bed; CREATE TABLE patient (id INT PRIMARY KEY, name VARCHAR(40), n INT NOT NULL DEFAULT 0);
      CREATE TABLE bed (ward VARCHAR(10), bed INT, patient INT, PRIMARY KEY (ward, bed));
      INSERT INTO patient (id, name) SELECT seq, CONCAT('Test ', seq) FROM seq_1_to_3000;
      INSERT INTO bed SELECT CONCAT('W', seq MOD 7), seq, seq FROM seq_1_to_400`);
  });

  it.each([
    ['that the log tells', false],
    ['some of which no log tells', true],
  ])('%s make the tables again, over stops, crashes and the death of the server', async (_, isHidden) => {
    const random = randomOf(seed);
    let crashesIn = 0;
    const follower = new Follower({
      connection: database.connection,
      keys,
      times: { reconcileMs: 1500 },
      waitingMax: 300,
      beforeKept: () => {
        if (--crashesIn === 0) throw new Error('crash before the position was kept');
      },
    });
    follower.start();
    const writing = Promise.all(
      Array.from({ length: writers }, (_, at) => write(database, { random: randomOf(seed + at + 1), isHidden })),
    );
    const progress = { isDone: false };
    void writing.finally(() => (progress.isDone = true));
    for (let fault = 0; !progress.isDone; fault++) {
      if (fault === 4) await dieAndReturn(database);
      crashesIn = random() < 0.6 ? 1 + Math.floor(random() * 20) : 0;
      await sleep(40 + random() * 160);
      if (follower.failure === undefined && random() < 0.5) continue;
      await follower.stop();
      follower.start();
    }
    await writing;
    crashesIn = 0;
    if (follower.failure !== undefined) {
      await follower.stop();
      follower.start();
    }
    const text = (rows: ReadonlyMap<string, unknown>) => JSON.stringify([...rows].sort());
    await until(async () => text(follower.copy) === text(await follower.tables()));
    expect(follower.failure).toBeUndefined();
    // What a row was before is what was told of it last, unless that was never told.
    if (!isHidden) expect(follower.contradictions).toEqual([]);
    expect(follower.changes.length).toBeGreaterThan(3430);
    await follower.dispose();
  });
});

/** What was prepared and not decided when the server died holds its locks until somebody decides. */
async function dieAndReturn(database: HospitalDatabase): Promise<void> {
  await database.dieAndReturn();
  for (const { data } of await database.query('XA RECOVER')) await database.query(`XA ROLLBACK '${String(data)}'`);
  await database.query(shortWaits);
}

interface Writer {
  readonly random: () => number;
  /** Does what no log tells, too. */
  readonly isHidden: boolean;
}

async function write(database: HospitalDatabase, writer: Writer): Promise<void> {
  for (let change = 0; change < changesEach; change++) {
    try {
      await database.session(async (query) => {
        for (const sql of changeOf(writer)) await query(sql);
      });
    } catch (problem) {
      const { code = '' } = problem as { code?: string };
      if (!harmless.test(code) && !away.test(`${code} ${String(problem)}`)) throw problem;
      if (away.test(code)) await sleep(50);
    }
  }
}

/** What one session of the hospital's program does. */
function changeOf({ random, isHidden }: Writer): readonly string[] {
  const some = (count: number) => Math.floor(random() * count);
  const id = some(4000);
  const insert = `INSERT INTO patient (id, name) VALUES (${4000 + some(1_000_000)}, 'Test ü ${id}')`;
  const update = `UPDATE patient SET n = n + 1 WHERE id BETWEEN ${id} AND ${id + some(30)}`;
  const remove = `DELETE FROM patient WHERE id = ${id}`;
  const bed = `INSERT INTO bed VALUES ('W${some(9)}', ${some(600)}, ${id}) ON DUPLICATE KEY UPDATE patient = ${id}`;
  const move = `UPDATE bed SET bed = bed + 10000 WHERE ward = 'W${some(7)}' AND bed < 600 LIMIT 3`;
  const xa = `'x${some(1_000_000_000)}'`;
  const choices: readonly (readonly [weight: number, ...sql: readonly string[]])[] = [
    [30, update],
    [15, insert],
    [12, remove],
    [10, bed],
    [8, move],
    [8, 'BEGIN', update, insert, bed, 'COMMIT'],
    [5, 'BEGIN', update, remove, 'ROLLBACK'],
    [4, 'BEGIN', insert, 'SAVEPOINT s', remove, 'ROLLBACK TO s', 'COMMIT'],
    [2, `REPLACE INTO patient (id, name) VALUES (${id}, 'Test again')`],
    [2, 'FLUSH BINARY LOGS'],
    [1, 'ALTER TABLE patient ADD COLUMN extra INT NOT NULL DEFAULT 7'],
    [1, 'ALTER TABLE patient DROP COLUMN extra'],
  ];
  const hidden: typeof choices = [
    [1, 'SET binlog_format = STATEMENT', remove],
    [1, 'SET binlog_row_image = MINIMAL', update],
    [1, 'SET sql_log_bin = 0', remove],
    [
      1,
      `XA START ${xa}`,
      update,
      `XA END ${xa}`,
      `XA PREPARE ${xa}`,
      `XA ${random() < 0.5 ? 'COMMIT' : 'ROLLBACK'} ${xa}`,
    ],
  ];
  const all = isHidden ? [...choices, ...hidden] : choices;
  let left = random() * all.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, ...sql] of all) if ((left -= weight) < 0) return sql;
  return [update];
}
