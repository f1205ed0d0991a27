import { openJobs } from '@anamnesis/jobs';
import { parseBatchId } from '@anamnesis/ledger';
import { Store } from '@anamnesis/store';
import { EVENT_BUS, JOBS } from '../bus/tokens.js';
import { Ledgers } from '../ledger/ledgers.js';
import { openLedgers } from '../ledger/open-ledgers.js';
import { databaseOptions } from '../settings/database-options.js';
import type { Settings } from '../settings/settings.js';
import { type Dependency, DependencyWatch } from './dependency-watch.js';
import { type Backend, OpenBackends } from './open-backends.js';
import { jobsOptions } from './port-options.js';

/** No batch has this id: a ledger answers that it has none. */
const noBatch = parseBatchId('a'.repeat(32));

/** Providers of the named backends besides the bus. */
export function storageProviders(settings: Settings, names: readonly Exclude<Backend, 'bus'>[]) {
  // After the bus, whose lock on the data directory tells a second process so in plain words.
  const inject = [OpenBackends, DependencyWatch, EVENT_BUS];
  const providers = {
    store: {
      provide: Store,
      useFactory: async (opened: OpenBackends, watch: DependencyWatch) => {
        const store = await opened.keep('store', Store.open(databaseOptions(settings)));
        if (settings.DATABASE_URL !== undefined)
          watch.add({ name: 'store', ask: () => store.reader.query('SELECT 1'), isVital: true });
        return store;
      },
      inject,
    },
    ledger: {
      provide: Ledgers,
      useFactory: async (opened: OpenBackends, watch: DependencyWatch, store: Store) => {
        const ledgers = await opened.keep('ledger', openLedgers(settings, store));
        if (settings.LEDGER === 'fabric') for (const dependency of watchedLedgers(ledgers)) watch.add(dependency);
        return ledgers;
      },
      inject: [OpenBackends, DependencyWatch, Store, EVENT_BUS],
    },
    jobs: {
      provide: JOBS,
      useFactory: async (opened: OpenBackends, watch: DependencyWatch) => {
        const jobs = await opened.keep('jobs', openJobs(jobsOptions(settings)));
        // Without it timed work waits, and nothing else.
        if (settings.PROFILE === 'cluster') watch.add({ name: 'jobs', ask: () => jobs.failed(), isVital: false });
        return jobs;
      },
      inject,
    },
  };
  return names.map((name) => providers[name]);
}

/** Each organisation has a peer of its own. While one is away its proofs wait, and nothing else. */
function watchedLedgers(ledgers: Ledgers): readonly Dependency[] {
  return ledgers.organisations.map((organisation) => ({
    name: `ledger ${organisation}`,
    ask: () => ledgers.of(organisation).find(noBatch),
    isVital: false,
  }));
}
