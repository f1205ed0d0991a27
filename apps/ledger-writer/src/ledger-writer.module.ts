import { type DynamicModule, Module } from '@nestjs/common';
import { readSettings } from '@anamnesis/runtime';
import { CollectController } from './collect.controller.js';
import { LedgerWriterSettings } from './config.js';
import { Reconciling } from './reconciling.js';
import { Sealing } from './sealing.js';

@Module({})
export class LedgerWriterModule {
  static fromEnvironment(environment: NodeJS.ProcessEnv): DynamicModule {
    const settings = { provide: LedgerWriterSettings, useValue: readSettings(LedgerWriterSettings, environment) };
    return {
      module: LedgerWriterModule,
      controllers: [CollectController],
      providers: [settings, Sealing, Reconciling],
    };
  }
}
