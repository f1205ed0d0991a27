import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { EventBus } from '@anamnesis/bus';
import { ContentStore } from '@anamnesis/content';
import {
  Calls,
  EVENT_BUS,
  Keys,
  Listeners,
  Metrics,
  openContent,
  Readiness,
  readSettings,
  RegistrationClient,
  SourceRegistry,
} from '@anamnesis/runtime';
import { AdapterHl7Settings } from './config.js';
import { AssembledController, AssembledIntake } from './intake/assembled.controller.js';
import { openAdapter } from './open-adapter.js';
import { RegistryController } from './sources/registry.controller.js';
import { tlsFilesOf } from './tls/tls-files.js';

/**
 * The HL7 v2 adapter: listens for MLLP as the listeners `mllp` and, with certificates, `mllpTls`; over TLS for HTTP as
 * `hl7v2Https`. On a thread of its own it has no routes: `HttpIntakeModule` is the process's.
 */
@Module({})
export class AdapterHl7Module implements OnModuleInit {
  // eslint-disable-next-line max-params -- Nest injects by parameter
  constructor(
    private readonly settings: AdapterHl7Settings,
    private readonly registry: SourceRegistry,
    private readonly listeners: Listeners,
    private readonly keys: Keys,
    private readonly metrics: Metrics,
    private readonly readiness: Readiness,
    private readonly registration: RegistrationClient,
    private readonly calls: Calls,
    private readonly assembled: AssembledIntake,
    @Inject(EVENT_BUS) private readonly bus: EventBus,
    private readonly content: ContentStore,
  ) {}

  /** Throws on a wrong setting. */
  static fromEnvironment(environment: NodeJS.ProcessEnv): DynamicModule {
    const settings = readSettings(AdapterHl7Settings, environment);
    tlsFilesOf(settings);
    return {
      module: AdapterHl7Module,
      controllers: [RegistryController, AssembledController],
      providers: [
        { provide: AdapterHl7Settings, useValue: settings },
        { provide: ContentStore, useFactory: (keys: Keys) => openContent(settings, keys, 'writer'), inject: [Keys] },
        SourceRegistry,
        AssembledIntake,
      ],
    };
  }

  onModuleInit(): void {
    const { settings, registry, keys, metrics, readiness, registration, calls, bus, content } = this;
    const parts = { settings, registry, keys, metrics, readiness, registration, calls, bus, content };
    const adapter = openAdapter(parts);
    this.assembled.take = adapter.takeAssembled;
    this.listeners.addRemote(adapter);
  }
}
