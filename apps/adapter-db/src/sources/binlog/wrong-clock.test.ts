import { expect, it } from '@jest/globals';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { Follower } from '../../../test/follower.js';
import { until } from '../../../test/until.js';

await onEachHospital('a server whose clock is wrong for a while', (hospital) => {
  it('is said to be ahead or to have gone back, and dates nothing that comes after it', async () => {
    await hospital.query('CREATE TABLE patient (id INT PRIMARY KEY)');
    const follower = new Follower({ connection: hospital.connection, keys: { patient: ['id'] } });
    try {
      follower.start();
      await until(() => follower.compared.length === 1);
      await hospital.session(async (query) => {
        const clocks = ['DEFAULT', "UNIX_TIMESTAMP('2031-01-01')", 'DEFAULT', 'UNIX_TIMESTAMP() - 7200', 'DEFAULT'];
        for (const [at, clock] of clocks.entries()) {
          await query(`SET timestamp = ${clock}`);
          await query(`INSERT INTO patient VALUES (${at})`);
        }
      });
      await until(() => follower.copy.size === 5);
      const [first = '', ahead = '', ...rest] = follower.changes.map(({ at }) => at);
      expect(ahead.slice(0, 4)).toMatch(/203[01]/);
      const believed = [first, ...rest];
      expect([...believed].sort()).toEqual(believed);
      expect(Date.parse(believed.at(-1) ?? '')).toBeLessThan(Date.now() + 60_000);
      expect([...new Set(follower.guards)]).toEqual(['clock-ahead', 'clock-back']);
    } finally {
      await follower.dispose();
    }
  });
});
