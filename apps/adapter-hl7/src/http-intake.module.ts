import { type DynamicModule, Module } from '@nestjs/common';
import { readSettings } from '@anamnesis/runtime';
import { AdapterHl7Settings } from './config.js';
import { HttpIntakeController } from './http/http-intake.controller.js';

/** `POST /hl7v2`, in the process that serves HTTP; the adapter answers by `Calls`, there or on a thread of its own. */
@Module({})
export class HttpIntakeModule {
  /** Throws on a wrong setting. */
  static fromEnvironment(environment: NodeJS.ProcessEnv): DynamicModule {
    return {
      module: HttpIntakeModule,
      controllers: [HttpIntakeController],
      providers: [{ provide: AdapterHl7Settings, useValue: readSettings(AdapterHl7Settings, environment) }],
    };
  }
}
