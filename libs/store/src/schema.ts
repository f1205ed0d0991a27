import { ledgerWriterEntities, ledgerWriterMigrations } from './ledger-writer/index.js';
import { queryEntities, queryMigrations } from './query/index.js';
import { registrationEntities, registrationMigrations } from './registration/index.js';

/** Every table and the one migration history. Each table has one app that writes it: the app its folder is named after. */
export const schema = {
  entities: [...registrationEntities, ...ledgerWriterEntities, ...queryEntities],
  migrations: [...registrationMigrations, ...ledgerWriterMigrations, ...queryMigrations],
};
