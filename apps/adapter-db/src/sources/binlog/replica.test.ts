import { afterAll, describe, expect, it } from '@jest/globals';
import { Follower } from '../../../test/follower.js';
import { HospitalDatabase, type Product } from '../../../test/hospital-database.js';
import { until } from '../../../test/until.js';

/** What the two call the same. */
const words = {
  MariaDB: {
    source: 'MASTER',
    follow: (place: string) => `CHANGE MASTER TO ${place}`,
    replica: 'SLAVE',
    // MySQL's reader may ask for it as it may for the end of the log.
    mayAsk: 'SLAVE MONITOR',
    behind: 'Seconds_Behind_Master',
  },
  MySQL: {
    source: 'SOURCE',
    follow: (place: string) =>
      `CHANGE REPLICATION SOURCE TO ${place}, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_AUTO_POSITION = 1`,
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
    const { source, follow, replica: copies, mayAsk, behind } = words[product];

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
      await original.query(`CREATE USER copy@'127.0.0.1' IDENTIFIED BY 'not-secret';
        GRANT REPLICATION SLAVE ON *.* TO copy@'127.0.0.1'; ${original.forgetLog}`);
      await copy.query('CREATE TABLE patient (id INT PRIMARY KEY); SET GLOBAL server_id = 2');
      expect(await guards()).toEqual([]);
      await copy.query(
        follow(`${source}_HOST = '127.0.0.1', ${source}_PORT = ${original.port}, ${source}_USER = 'copy',
          ${source}_PASSWORD = 'not-secret', ${source}_DELAY = 7200`),
      );
      if (mayAsk !== undefined) {
        expect(await guards()).toEqual([]);
        await copy.query(copy.grant(mayAsk));
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
  });
}
