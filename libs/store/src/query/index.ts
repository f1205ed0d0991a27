import type { MigrationInterface } from "typeorm";

export const queryEntities: (new () => object)[] = [];
export const queryMigrations: (new () => MigrationInterface)[] = [];
