import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '..', '..');

/** What is fetched once and used by every start. */
export const cacheDirectory = join(repository, '.cache');
