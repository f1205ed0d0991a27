import { openJobs } from '@anamnesis/jobs';
import { Store } from '@anamnesis/store';
import { EVENT_BUS, JOBS } from '../bus/tokens.js';
import { Ledgers } from '../ledger/ledgers.js';
import { openLedgers } from '../ledger/open-ledgers.js';
import { databaseOptions } from '../settings/database-options.js';
import type { Settings } from '../settings/settings.js';
import { DependencyWatch } from './dependency-watch.js';
import { type Backend, OpenBackends } from './open-backends.js';
import { jobsOptions } from './port-options.js';

/** Providers of the named backends besides the bus. */
export function storageProviders(settings: Settings, names: readonly Exclude<Backend, 'bus'>[]) {
  // After the bus, whose lock on the data directory tells a second process so in plain words.
  const inject = [OpenBackends, EVENT_BUS];
  const providers = {
    store: {
      provide: Store,
      useFactory: async (opened: OpenBackends, _bus: unknown, watch: DependencyWatch) => {
        const store = await opened.keep('store', Store.open(databaseOptions(settings)));
        if (settings.DATABASE_URL !== undefined)
          watch.add({ name: 'store', ask: () => store.reader.query('SELECT 1'), isVital: true });
        return store;
      },
      inject: [...inject, DependencyWatch],
    },
    ledger: {
      provide: Ledgers,
      useFactory: (opened: OpenBackends, _bus: unknown, store: Store) =>
        opened.keep('ledger', openLedgers(settings, store)),
      inject: [...inject, Store],
    },
    jobs: {
      provide: JOBS,
      useFactory: (opened: OpenBackends) => opened.keep('jobs', openJobs(jobsOptions(settings))),
      inject,
    },
  };
  return names.map((name) => providers[name]);
}
