import { afterAll, describe, expect, it } from '@jest/globals';
import { Follower } from '../../../test/follower.js';
import { HospitalDatabase, type Product } from '../../../test/hospital-database.js';
import { until } from '../../../test/until.js';

/** What the two call the same. */
const words = {
  MariaDB: {
    source: 'MASTER',
    set: (place: string) => `CHANGE MASTER TO ${place}`,
    auto: '',
    replica: 'SLAVE',
    // MySQL's reader may ask for it as it may for the end of the log.
    mayAsk: 'SLAVE MONITOR',
    behind: 'Seconds_Behind_Master',
  },
  MySQL: {
    source: 'SOURCE',
    set: (place: string) => `CHANGE REPLICATION SOURCE TO ${place}`,
    auto: ', GET_SOURCE_PUBLIC_KEY = 1, SOURCE_AUTO_POSITION = 1',
    replica: 'REPLICA',
    mayAsk: undefined,
    behind: 'Seconds_Behind_Source',
  },
} as const;

for (const product of ['MariaDB', 'MySQL'] satisfies Product[]) {
  const [hospital, replica] = [await HospitalDatabase.start(product), await HospitalDatabase.start(product)];
  afterAll(() => Promise.all([hospital?.dispose(), replica?.dispose()]));

  (hospital && replica ? describe : describe.skip)(`a server that is a replica of another, on ${product}`, () => {
    const [original, copy] = [hospital as HospitalDatabase, replica as HospitalDatabase];
    const { source, set, auto, replica: copies, mayAsk, behind } = words[product];

    /** Of a start of the source. */
    const guards = async () => {
      const follower = new Follower({ connection: copy.connection, keys: { patient: ['id'] } });
      follower.start();
      await until(() => follower.compared.length > 0 || follower.failure !== undefined);
      await follower.dispose();
      if (follower.failure !== undefined) throw follower.failure as Error;
      return [...new Set(follower.guards)];
    };

    it('is read, and said to be behind, or to have stopped, where our user may ask for it', async () => {
      await original.query(`CREATE USER copy@'127.0.0.1' IDENTIFIED BY 'not-secret';
        GRANT REPLICATION SLAVE ON *.* TO copy@'127.0.0.1'; ${original.forgetLog}`);
      await copy.query('CREATE TABLE patient (id INT PRIMARY KEY); SET GLOBAL server_id = 2');
      expect(await guards()).toEqual([]);
      await copy.query(
        set(`${source}_HOST = '127.0.0.1', ${source}_PORT = ${original.port}, ${source}_USER = 'copy',
          ${source}_PASSWORD = 'not-secret', ${source}_DELAY = 7200${auto}`),
      );
      if (mayAsk !== undefined) {
        expect(await guards()).toEqual([]);
        await copy.query(copy.grant(mayAsk));
      }
      if (product === 'MariaDB') {
        await expect(guards()).rejects.toThrow('log_slave_updates is OFF');
        copy.settings.push('log_slave_updates = ON', 'server_id = 2', 'gtid_strict_mode = OFF', 'skip_slave_start');
        await copy.restart();
      }
      expect(await guards()).toEqual(['replica-stopped']);
      // Something of an hour ago, which the replica is to do in an hour.
      await original.session(async (query) => {
        await query('SET timestamp = UNIX_TIMESTAMP() - 3600');
        await query('CREATE TABLE beside (id INT PRIMARY KEY)');
      });
      await copy.query(`START ${copies}`);
      await until(async () => {
        const [state] = await copy.query(`SHOW ${copies} STATUS`);
        return Number(state?.[behind]) > 1000;
      });
      expect(await guards()).toEqual(['replica-lag']);
      await copy.query(`STOP ${copies}`);
    });

    it('is not called caught up while it stands still, and is again when it goes on', async () => {
      await copy.query(set(`${source}_DELAY = 0`));
      await copy.query(`START ${copies}`);
      const follower = new Follower({
        connection: copy.connection,
        keys: { patient: ['id'] },
        times: { heartbeatMs: 100 },
      });
      try {
        follower.start();
        await until(() => follower.isReplicaLate === false && follower.caughtUp > 0);
        await copy.query(`STOP ${copies} SQL_THREAD`);
        await until(() => follower.isReplicaLate === true);
        const before = follower.caughtUp;
        await original.query('CREATE TABLE one_more (id INT PRIMARY KEY)');
        const looks = follower.guards.length + 2;
        await until(() => follower.guards.length >= looks);
        expect(follower.caughtUp).toBe(before);
        await copy.query(`START ${copies} SQL_THREAD`);
        await until(() => follower.isReplicaLate === false && follower.caughtUp > before);
      } finally {
        await follower.dispose();
      }
    });
  });
}
