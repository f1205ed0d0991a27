import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { EventBus } from '@anamnesis/bus';
import {
  EVENT_BUS,
  Keys,
  Listeners,
  Metrics,
  readSettings,
  RegistrationClient,
  SourceRegistry,
} from '@anamnesis/runtime';
import { AdapterDbSettings } from './config.js';
import { openAdapter } from './open-adapter.js';
import { RegistryController } from './registry.controller.js';

/** The database adapter: reads the sources whose mapping files are in `DB_SOURCES`. */
@Module({})
export class AdapterDbModule implements OnModuleInit {
  // eslint-disable-next-line max-params -- Nest injects by parameter
  constructor(
    private readonly settings: AdapterDbSettings,
    private readonly registry: SourceRegistry,
    private readonly listeners: Listeners,
    private readonly keys: Keys,
    private readonly metrics: Metrics,
    private readonly registration: RegistrationClient,
    @Inject(EVENT_BUS) private readonly bus: EventBus,
  ) {}

  /** Throws on a wrong setting. */
  static fromEnvironment(environment: NodeJS.ProcessEnv): DynamicModule {
    const settings = readSettings(AdapterDbSettings, environment);
    return {
      module: AdapterDbModule,
      controllers: [RegistryController],
      providers: [{ provide: AdapterDbSettings, useValue: settings }, SourceRegistry],
    };
  }

  onModuleInit(): void {
    const { settings, registry, keys, metrics, registration, bus } = this;
    this.listeners.addRemote(openAdapter({ settings, registry, keys, metrics, registration, bus }));
  }
}
