import { readSettings, serveInThread, Settings } from '@anamnesis/runtime';
import { AdapterDbModule } from '../../adapter-db/src/adapter-db.module.js';

serveInThread('adapter-db', () => ({
  settings: readSettings(Settings, process.env),
  modules: [AdapterDbModule.fromEnvironment(process.env)],
}));
