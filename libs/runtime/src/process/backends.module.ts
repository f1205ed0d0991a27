import type { MessagePort } from 'node:worker_threads';
import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { openEventBus } from '@anamnesis/bus';
import { AccessGuard } from '../access/access.guard.js';
import { BusTransport } from '../bus/bus-transport.js';
import { LagMetrics } from '../bus/lag-metrics.js';
import { EVENT_BUS } from '../bus/tokens.js';
import { RegistrationClient } from '../registration-client.js';
import { clusterFaults } from '../settings/cluster-settings.js';
import { Keys } from '../settings/keys.js';
import { Settings } from '../settings/settings.js';
import { Tokens } from '../settings/tokens.js';
import { Calls } from './calls.js';
import { Listeners } from './listeners.js';
import { Metrics, MetricsController } from './metrics.js';
import { type Backend, backends, OpenBackends } from './open-backends.js';
import { busOptions } from './port-options.js';
import { BusWatch } from '../bus/bus-watch.js';
import { DependencyWatch } from './dependency-watch.js';
import { HealthController, Readiness } from './readiness.js';

export interface BackendsOptions {
  /** Of the app: how services know it. */
  readonly name: string;
  /** Default: all. Everything needs the bus, named or not. */
  readonly ports?: readonly Backend[] | undefined;
  /** The main thread's bus: then this is another thread, which has no HTTP of its own. */
  readonly attachTo?: MessagePort | undefined;
}

const tokens = {
  provide: Tokens,
  useFactory: (settings: Settings, keys: Keys) => Tokens.open(settings, keys),
  inject: [Settings, Keys],
};

/**
 * Opens what the profile names and the app needs, and hands it to every module: the ports by token, `Store`, `Keys`,
 * `Tokens` and the process's own things by class.
 */
@Global()
@Module({})
export class BackendsModule implements OnApplicationShutdown {
  constructor(private readonly opened: OpenBackends) {}

  static async forSettings(settings: Settings, options: BackendsOptions): Promise<DynamicModule> {
    checkProfile(settings, options.ports ?? backends);
    const hasHttp = options.attachTo === undefined;
    const provided = [
      { provide: OpenBackends, useValue: new OpenBackends() },
      { provide: Settings, useValue: settings },
      ...(await portProviders(settings, options)),
      { provide: Keys, useFactory: () => Keys.open(settings) },
      { provide: Metrics, useFactory: () => new Metrics(hasHttp) },
      RegistrationClient,
      Readiness,
      ...(settings.PROFILE === 'cluster' ? [BusWatch] : []),
      Listeners,
      Calls,
      BusTransport,
      ...(hasHttp ? [tokens, LagMetrics, DependencyWatch] : []),
    ];
    return {
      module: BackendsModule,
      controllers: hasHttp ? [HealthController, MetricsController] : [],
      providers: hasHttp ? [...provided, { provide: APP_GUARD, useClass: AccessGuard }] : provided,
      exports: provided.map((one) => (typeof one === 'function' ? one : one.provide)),
    };
  }

  /** After the consumers and the HTTP server have stopped. */
  onApplicationShutdown(): Promise<void> {
    return this.opened.close();
  }
}

function checkProfile(settings: Settings, ports: readonly Backend[]): void {
  const isCluster = settings.PROFILE === 'cluster';
  if (!isCluster && settings.LEDGER === 'fabric')
    throw new Error('wrong settings: LEDGER=fabric needs PROFILE=cluster');
  const faults = isCluster ? clusterFaults(settings, ['bus', ...ports]) : [];
  if (faults.length > 0) throw new Error(`wrong settings: ${faults.join('; ')}`);
}

async function portProviders(settings: Settings, { name, ports = backends, attachTo }: BackendsOptions) {
  const options = busOptions(settings, name);
  const open = () =>
    openEventBus(attachTo === undefined ? options : { backend: 'embedded', report: options.report, attachTo });
  const bus = {
    provide: EVENT_BUS,
    useFactory: (opened: OpenBackends) => opened.keep('bus', open()),
    inject: [OpenBackends],
  };
  const others = backends.filter((name) => name !== 'bus').filter((name) => ports.includes(name));
  if (others.length === 0) return [bus];
  // Loaded when asked for: an object-relational mapper is much to load for who has no tables.
  const { storageProviders } = await import('./storage-providers.js');
  return [bus, ...storageProviders(settings, others)];
}
