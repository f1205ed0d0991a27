import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { underLock } from '../process/lock.mjs';
import { fetchJars, findJava } from '../process/maven.mjs';
import { step } from '../progress.mjs';

const pom = join(import.meta.dirname, 'pom.xml');

/**
 * Java, and the jars of a broker from Maven, fetched once per content of `pom.xml` and Java. `train(kit)` starts and
 * stops one broker, so that its JVM writes the class archive that halves every later start.
 */
export async function provisionKafkaJars({ cacheDirectory, log, train }) {
  const { java, version } = await findJava('Kafka');
  const hash = createHash('sha256').update(readFileSync(pom)).update(version).digest('hex').slice(0, 12);
  const directory = join(cacheDirectory, 'kafka', hash);
  const kit = { java, libraries: join(directory, 'lib'), archive: join(directory, 'kafka.jsa') };
  if (!existsSync(kit.archive))
    await underLock(join(cacheDirectory, 'kafka', 'lock.db'), async () => {
      if (!existsSync(kit.libraries))
        await step(log, 'kafka: fetching the jars', () => fetchJars({ what: 'Kafka', pom, libraries: kit.libraries }));
      if (!existsSync(kit.archive)) await step(log, 'kafka: preparing the class archive', () => train(kit));
    });
  return kit;
}
