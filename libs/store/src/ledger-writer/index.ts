import type { MigrationInterface } from "typeorm";

export const ledgerWriterEntities: (new () => object)[] = [];
export const ledgerWriterMigrations: (new () => MigrationInterface)[] = [];
