import { join } from 'node:path';
import { cacheDirectory as ownCache } from './paths.mjs';
import { provisionJars } from './process/maven.mjs';

const pom = join(import.meta.dirname, 'jackcess', 'pom.xml');

/** See jackcess.d.mts. */
export function provisionJackcess({ cacheDirectory = ownCache, log = () => undefined } = {}) {
  return provisionJars({ what: 'Jackcess', name: 'jackcess', pom, cacheDirectory, log });
}
