import { expect, it } from '@jest/globals';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { Follower } from '../../../test/follower.js';
import { until } from '../../../test/until.js';

await onEachHospital('a table whose key becomes text', (hospital) => {
  it('has the same rows, of which none is told as gone before it is', async () => {
    await hospital.query('CREATE TABLE patient (id INT PRIMARY KEY); INSERT INTO patient VALUES (1), (2)');
    const follower = new Follower({ connection: hospital.connection, keys: { patient: ['id'] } });
    try {
      follower.start();
      await until(() => follower.compared.length === 1);
      await hospital.query('ALTER TABLE patient MODIFY id VARCHAR(9) NOT NULL');
      await until(() => follower.compared.length === 2);
      await hospital.query("DELETE FROM patient WHERE id = '1'");
      await until(() => follower.changes.some(({ op }) => op === 'd'));
      expect(follower.changes.slice(2).map(({ op, key }) => [op, key])).toEqual([
        ['r', ['1']],
        ['r', ['2']],
        ['d', ['1']],
      ]);
      expect(follower.compared[1]).toEqual({ r: 2, u: 0, d: 0 });
    } finally {
      await follower.dispose();
    }
  });
});
