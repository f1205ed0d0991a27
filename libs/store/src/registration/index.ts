import type { MigrationInterface } from "typeorm";

export const registrationEntities: (new () => object)[] = [];
export const registrationMigrations: (new () => MigrationInterface)[] = [];
