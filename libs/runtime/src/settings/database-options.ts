import type { StoreOptions } from '@anamnesis/store';
import type { Settings } from './settings.js';

/** The relational store as the settings name it. */
export function databaseOptions({ DATABASE_URL, DATA_DIR }: Settings): StoreOptions {
  return { databaseUrl: DATABASE_URL, directory: DATA_DIR };
}
