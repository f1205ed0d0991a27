import { expect, it } from '@jest/globals';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { Follower, nameOf } from '../../../test/follower.js';
import { until } from '../../../test/until.js';

await onEachHospital('rows that the engine itself changes', (hospital) => {
  it('are found where they follow a number of their parent that is no key of ours', async () => {
    await hospital.query(`CREATE TABLE patient (id INT PRIMARY KEY, mrn VARCHAR(20) UNIQUE);
      CREATE TABLE visit (id INT PRIMARY KEY, mrn VARCHAR(20), FOREIGN KEY (mrn) REFERENCES patient (mrn) ON UPDATE CASCADE);
      INSERT INTO patient VALUES (1, 'M1'), (2, 'M2'); INSERT INTO visit VALUES (10, 'M1'), (11, 'M2')`);
    const follower = new Follower({ connection: hospital.connection, keys: { patient: ['id'], visit: ['id'] } });
    follower.start();
    await until(() => follower.compared.length === 1);
    await hospital.query("UPDATE patient SET mrn = 'M7' WHERE id = 1");
    await until(() => follower.copy.get(nameOf('visit', [10]))?.['mrn'] === 'M7');
    expect(follower.contradictions).toEqual([]);
    await follower.dispose();
  });
});
