import { expect, it } from '@jest/globals';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { Follower } from '../../../test/follower.js';
import { until } from '../../../test/until.js';

// MySQL takes the setting with a new data directory alone.
await onEachHospital(
  'a server that knows a table by any spelling',
  (hospital) => {
    it('is refused where the mapping has another one than its log', async () => {
      hospital.settings.push('lower_case_table_names = 1');
      await hospital.restart();
      await hospital.query('CREATE TABLE Patient (id INT PRIMARY KEY)');
      for (const table of ['Patient', 'Hospital.patient']) {
        const follower = new Follower({ connection: hospital.connection, keys: { [table]: ['id'] } });
        follower.start();
        await until(() => follower.failure !== undefined || follower.compared.length > 0);
        expect(follower.failure).toMatchObject({
          code: 'table-missing',
          message: expect.stringMatching(/ is hospital\.patient to the server: case counts$/),
        });
        await follower.dispose();
      }
    });
  },
  ['MariaDB'],
);
