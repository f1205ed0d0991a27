import { type DynamicModule, Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type EventBus, openEventBus, type ReportDefect } from '@anamnesis/bus';
import { type Jobs, openJobs } from '@anamnesis/jobs';
import { type Ledger, openLedger } from '@anamnesis/ledger';
import { Store } from '@anamnesis/store';
import { AccessGuard } from '../access/access.guard.js';
import { BusTransport } from '../bus/bus-transport.js';
import { EVENT_BUS, JOBS, LEDGER } from '../bus/tokens.js';
import { RegistrationClient } from '../registration-client.js';
import { Keys } from '../settings/keys.js';
import { Settings } from '../settings/settings.js';
import { Tokens } from '../settings/tokens.js';
import { Listeners } from './listeners.js';
import { Metrics, MetricsController } from './metrics.js';
import { HealthController, Readiness } from './readiness.js';

/**
 * Opens what the profile names and hands it to every module: the ports by token, `Store`, `Keys`, `Tokens` and the
 * process's own things by class.
 */
@Global()
@Module({})
export class BackendsModule implements OnApplicationShutdown {
  // eslint-disable-next-line max-params -- Nest injects by parameter
  constructor(
    @Inject(EVENT_BUS) private readonly bus: EventBus,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(JOBS) private readonly jobs: Jobs,
    private readonly store: Store,
  ) {}

  static forSettings(settings: Settings): DynamicModule {
    if (settings.PROFILE === 'cluster') throw new Error('PROFILE=cluster: this build has no Kafka backend yet');
    const directory = settings.DATA_DIR;
    const report: ReportDefect = ({ error, ...fields }) => {
      new Logger('bus').error(error, fields);
    };
    const openJobsHere = () =>
      openJobs({
        backend: 'embedded',
        directory,
        report: ({ error, ...fields }) => {
          new Logger('jobs').error(error, fields);
        },
      });
    const provided = [
      { provide: Settings, useValue: settings },
      { provide: EVENT_BUS, useFactory: () => openEventBus({ backend: 'embedded', directory, report }) },
      // After the bus, whose lock on the data directory tells a second process so in plain words.
      {
        provide: Store,
        useFactory: () => Store.open({ databaseUrl: settings.DATABASE_URL, directory }),
        inject: [EVENT_BUS],
      },
      { provide: LEDGER, useFactory: () => openLedger({ backend: 'log', directory }), inject: [EVENT_BUS] },
      { provide: JOBS, useFactory: openJobsHere, inject: [EVENT_BUS] },
      { provide: Keys, useFactory: () => Keys.open(settings) },
      { provide: Tokens, useFactory: (keys: Keys) => Tokens.open(settings, keys), inject: [Keys] },
      RegistrationClient,
      Readiness,
      Listeners,
      Metrics,
      BusTransport,
    ];
    return {
      module: BackendsModule,
      controllers: [HealthController, MetricsController],
      providers: [...provided, { provide: APP_GUARD, useClass: AccessGuard }],
      exports: provided.map((one) => (typeof one === 'function' ? one : one.provide)),
    };
  }

  /** After the consumers and the HTTP server have stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.jobs.close();
    await this.bus.close();
    await this.ledger.close();
    await this.store.close();
  }
}
