import { orExit, readSettings, serve } from '@anamnesis/runtime';
import { LedgerWriterSettings } from './config.js';
import { LedgerWriterModule } from './ledger-writer.module.js';

const name = 'ledger-writer';

serve({
  name,
  settings: orExit(name, () => readSettings(LedgerWriterSettings, process.env)),
  modules: orExit(name, () => [LedgerWriterModule.fromEnvironment(process.env)]),
  isBehindBus: true,
});
