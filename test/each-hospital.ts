import { afterAll, describe } from '@jest/globals';
import { allProducts, HospitalDatabase, type Product } from '../apps/adapter-db/test/hospital-database.js';

/**
 * A suite on a MariaDB and on a MySQL of its own, each with a user that reads its log and no more. Where this machine has
 * no MySQL, which no Debian release has either, its half is skipped, said in capitals and counted.
 */
export async function onEachHospital(
  suite: string,
  tests: (hospital: HospitalDatabase) => void,
  some: readonly Product[] = allProducts,
): Promise<void> {
  for (const product of some) {
    const hospital = await HospitalDatabase.start(product);
    afterAll(() => hospital?.dispose());
    (hospital === undefined ? describe.skip : describe)(`${suite}, on ${product}`, () => {
      // A suite that is skipped is only counted, and asks which product it would be on.
      tests(
        hospital ?? (Object.create(HospitalDatabase.prototype, { product: { value: product } }) as HospitalDatabase),
      );
    });
  }
}
