import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { Follower } from '../../../test/follower.js';
import { until } from '../../../test/until.js';

await onEachHospital('a table that is restored from a dump', (hospital) => {
  const { connection } = hospital;
  const shape = '(id INT PRIMARY KEY, name VARCHAR(40), ward VARCHAR(20))';
  let follower: Follower;

  beforeEach(async () => {
    await hospital.query(`DROP TABLE IF EXISTS patient; CREATE TABLE patient ${shape};
      INSERT INTO patient VALUES (1, 'Test One', 'A'), (2, 'Test Two', 'B')`);
    follower = new Follower({ connection, keys: { patient: ['id'] }, times: { rereadMs: 1500 } });
    follower.start();
    await until(() => follower.compared.length === 1);
    await hospital.query("INSERT INTO patient VALUES (3, 'Test Three', 'C')");
    await until(() => follower.copy.size === 3);
  });
  afterEach(() => follower.dispose());

  /** Of what came since. */
  const told = () =>
    follower.changes.slice(3).map(({ op, key, before, after }) => [op, key[0], before?.['ward'], after?.['ward']]);

  it('tells what is different, and takes no row for gone that is still to come', async () => {
    await hospital.query(`DROP TABLE patient; CREATE TABLE patient ${shape}`);
    await until(() => follower.guards.includes('table-gone'));
    await hospital.query("INSERT INTO patient VALUES (1, 'Test One', 'A'), (2, 'Test Two', 'D')");
    await hospital.query(
      "INSERT INTO patient VALUES (4, 'Test Four', 'A'); UPDATE patient SET ward = 'E' WHERE id = 4",
    );
    await until(() => follower.compared.length === 2);
    expect(told()).toEqual([
      ['u', 2, 'B', 'D'],
      ['c', 4, undefined, 'A'],
      ['u', 4, 'A', 'E'],
      ['d', 3, 'C', undefined],
    ]);
  });

  it('tells the same when the process ends in the middle of it', async () => {
    await hospital.query("TRUNCATE TABLE patient; INSERT INTO patient VALUES (1, 'Test One', 'A')");
    await until(() => follower.guards.includes('truncate'));
    const seen = follower.caughtUp;
    await until(() => follower.caughtUp > seen);
    await follower.stop();
    follower.start();
    await hospital.query("INSERT INTO patient VALUES (2, 'Test Two', 'D')");
    await until(() => follower.compared.length === 2);
    expect(told()).toEqual([
      ['u', 2, 'B', 'D'],
      ['d', 3, 'C', undefined],
    ]);
  });

  it('tells the same when the table is away for so long that the source has to be begun again', async () => {
    await hospital.query('DROP TABLE patient');
    await until(() => follower.failure !== undefined);
    expect(follower.failure).toMatchObject({ code: 'table-missing' });
    await hospital.query(`CREATE TABLE patient ${shape}`);
    follower.start();
    await hospital.query("INSERT INTO patient VALUES (1, 'Test One', 'A'), (2, 'Test Two', 'D')");
    await until(() => follower.compared.length === 2);
    expect(told()).toEqual([
      ['u', 2, 'B', 'D'],
      ['d', 3, 'C', undefined],
    ]);
  });

  it('tells the same when it was restored while the source was not read', async () => {
    await follower.stop();
    await hospital.query(
      `TRUNCATE TABLE patient; INSERT INTO patient VALUES (1, 'Test One', 'A'), (2, 'Test Two', 'D')`,
    );
    follower.start();
    await until(() => follower.compared.length === 2);
    expect(told()).toEqual([
      ['u', 2, 'B', 'D'],
      ['d', 3, 'C', undefined],
    ]);
  });
});
