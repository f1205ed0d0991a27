import { afterAll, describe, expect, it } from '@jest/globals';
import { Follower } from '../../../test/follower.js';
import { HospitalDatabase } from '../../../test/hospital-database.js';
import { until } from '../../../test/until.js';

const [hospital, replica] = [await HospitalDatabase.start(), await HospitalDatabase.start()];
afterAll(() => Promise.all([hospital?.dispose(), replica?.dispose()]));

(hospital && replica ? describe : describe.skip)('a server that is a replica of another', () => {
  const [original, copy] = [hospital as HospitalDatabase, replica as HospitalDatabase];

  /** Of a start of the source. */
  const guards = async () => {
    const follower = new Follower({ connection: copy.connection, keys: { patient: ['id'] } });
    follower.start();
    await until(() => follower.compared.length > 0 || follower.failure !== undefined);
    expect(follower.failure).toBeUndefined();
    await follower.dispose();
    return [...new Set(follower.guards)];
  };

  it('is read, and said to be behind, or to have stopped, where our user may ask for it', async () => {
    await original.query(`GRANT REPLICATION SLAVE ON *.* TO copy@'127.0.0.1' IDENTIFIED BY 'not-secret'; RESET MASTER`);
    await copy.query('CREATE TABLE patient (id INT PRIMARY KEY); SET GLOBAL server_id = 2');
    await copy.query(`CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${original.port}, MASTER_USER = 'copy',
      MASTER_PASSWORD = 'not-secret', MASTER_DELAY = 7200`);
    expect(await guards()).toEqual([]);
    await copy.query("GRANT SLAVE MONITOR ON *.* TO reader@'127.0.0.1'");
    expect(await guards()).toEqual(['replica-stopped']);
    // Something of an hour ago, which the replica is to do in an hour.
    await original.session(async (query) => {
      await query('SET timestamp = UNIX_TIMESTAMP() - 3600');
      await query('CREATE TABLE beside (id INT PRIMARY KEY)');
    });
    await copy.query('START SLAVE');
    await until(async () => {
      const [state] = await copy.query('SHOW SLAVE STATUS');
      return Number(state?.['Seconds_Behind_Master']) > 1000;
    });
    expect(await guards()).toEqual(['replica-lag']);
    await copy.query('STOP SLAVE');
  });
});
