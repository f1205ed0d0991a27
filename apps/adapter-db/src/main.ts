import { orExit, readSettings, serve } from '@anamnesis/runtime';
import { AdapterDbModule } from './adapter-db.module.js';
import { AdapterDbSettings } from './config.js';

const name = 'adapter-db';

serve({
  name,
  settings: orExit(name, () => readSettings(AdapterDbSettings, process.env)),
  modules: orExit(name, () => [AdapterDbModule.fromEnvironment(process.env)]),
  ports: ['bus'],
  isClientOfRegistration: true,
});
