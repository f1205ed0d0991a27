import { readSettings, serve, Settings } from '@anamnesis/runtime';
import { LedgerWriterModule } from './ledger-writer.module.js';

serve({
  name: 'ledger-writer',
  settings: readSettings(Settings, process.env),
  modules: [LedgerWriterModule.fromEnvironment(process.env)],
});
