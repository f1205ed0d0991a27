import { readFileSync } from 'node:fs';
import type { StoreOptions } from '@anamnesis/store';
import type { Settings } from './settings.js';

/** The relational store as the settings name it. */
export function databaseOptions(settings: Settings): StoreOptions {
  const { DATABASE_URL, DATABASE_TLS_CA_FILE, DATABASE_POOL_MAX, DATA_DIR } = settings;
  if (DATABASE_URL === undefined) return { directory: DATA_DIR };
  return {
    databaseUrl: DATABASE_URL,
    directory: DATA_DIR,
    poolMax: DATABASE_POOL_MAX,
    ...(DATABASE_TLS_CA_FILE !== undefined && { tlsCa: readFileSync(DATABASE_TLS_CA_FILE, 'utf8') }),
  };
}
