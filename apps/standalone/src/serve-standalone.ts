import type { Worker } from 'node:worker_threads';
import {
  enrolmentOf,
  Listeners,
  orExit,
  readSettings,
  RegistrationClient,
  serve,
  Settings,
  Tokens,
} from '@anamnesis/runtime';
import { HttpIntakeModule } from '../../adapter-hl7/src/http-intake.module.js';
import { LedgerWriterModule } from '../../ledger-writer/src/ledger-writer.module.js';
import { QueryModule } from '../../query/src/query.module.js';
import { RegistrationModule } from '../../registration/src/registration.module.js';
import { welcome } from './welcome.js';
import { announceSandbox, withdrawSandbox } from './sandbox-file.js';
import { enrolSampleSources } from './sample-sources.js';
import { writeTrust } from './trust-file.js';

const name = 'standalone';

/** Every app in this process, each adapter in a thread of its own; that of databases where there are any. */
export async function serveStandalone(adapter: Worker, database?: Worker): Promise<void> {
  const settings = orExit(name, () => readSettings(Settings, process.env));
  orExit(name, () => {
    if (settings.PROFILE !== 'embedded')
      throw new Error('wrong settings: PROFILE=cluster runs each app as its own process (npm run start:cluster)');
  });
  await withdrawSandbox(settings.DATA_DIR);
  serve({
    name,
    settings,
    modules: orExit(name, () =>
      [RegistrationModule, LedgerWriterModule, QueryModule, HttpIntakeModule].map((one) =>
        one.fromEnvironment(process.env),
      ),
    ),
    // An event loop of its own: synchronous database work must not hold up an acknowledgement.
    threads: [
      ...(database === undefined ? [] : [{ name: 'adapter-db', worker: database, answers: [] }]),
      { name: 'adapter-hl7', worker: adapter },
    ],
    isBehindBus: true,
    onListening: async (app, baseUrl) => {
      const { mllp, mllpTls, hl7v2Https } = app.get(Listeners).addresses;
      if (mllp === undefined) throw new Error('the MLLP listener is not bound');
      const tokens = app.get(Tokens).texts;
      const api = { baseUrl, token: tokens.admin };
      const sources =
        enrolmentOf(settings) === 'open' ? await enrolSampleSources(app.get(RegistrationClient), api) : [];
      await writeTrust(settings.DATA_DIR, api);
      await announceSandbox(settings.DATA_DIR, {
        mllp,
        ...(mllpTls !== undefined && { mllpTls }),
        ...(hl7v2Https !== undefined && { hl7v2Https }),
        http: { baseUrl },
        sources,
        tokens,
      });
      process.stdout.write(welcome({ settings, baseUrl, mllp }));
    },
  });
}
