import { Logger } from '@nestjs/common';
import { openJobs } from '@anamnesis/jobs';
import { openLedger } from '@anamnesis/ledger';
import { Store } from '@anamnesis/store';
import { EVENT_BUS, JOBS, LEDGER } from '../bus/tokens.js';
import type { Settings } from '../settings/settings.js';
import { type Backend, OpenBackends } from './open-backends.js';

/** Providers of the named backends besides the bus. */
export function storageProviders(settings: Settings, names: readonly Exclude<Backend, 'bus'>[]) {
  const directory = settings.DATA_DIR;
  const openJobsHere = () =>
    openJobs({
      backend: 'embedded',
      directory,
      report: ({ error, ...fields }) => {
        new Logger('jobs').error(error, fields);
      },
    });
  // After the bus, whose lock on the data directory tells a second process so in plain words.
  const inject = [OpenBackends, EVENT_BUS];
  const providers = {
    store: {
      provide: Store,
      useFactory: (opened: OpenBackends) =>
        opened.keep('store', Store.open({ databaseUrl: settings.DATABASE_URL, directory })),
      inject,
    },
    ledger: {
      provide: LEDGER,
      useFactory: (opened: OpenBackends) => opened.keep('ledger', openLedger({ backend: 'log', directory })),
      inject,
    },
    jobs: { provide: JOBS, useFactory: (opened: OpenBackends) => opened.keep('jobs', openJobsHere()), inject },
  };
  return names.map((name) => providers[name]);
}
