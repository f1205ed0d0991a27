import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory as ownCache } from './paths.mjs';
import { underLock } from './process/lock.mjs';
import { fetchJars, findJava } from './process/maven.mjs';
import { step } from './progress.mjs';

const pom = join(import.meta.dirname, 'jackcess', 'pom.xml');

/** Java, and the jars of Jackcess from Maven, fetched once per content of `jackcess/pom.xml`. */
export async function provisionJackcess({ cacheDirectory = ownCache, log = () => undefined } = {}) {
  const { java } = await findJava('Jackcess');
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const directory = join(cacheDirectory, 'jackcess');
  const libraries = join(directory, hash, 'lib');
  if (!existsSync(libraries))
    await underLock(join(directory, 'lock.db'), async () => {
      if (existsSync(libraries)) return;
      await step(log, 'jackcess: fetching the jars', () => fetchJars({ what: 'Jackcess', pom, libraries }));
    });
  return { java, classPath: join(libraries, '*') };
}
