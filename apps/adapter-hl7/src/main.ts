import { readSettings, serve } from '@anamnesis/runtime';
import { AdapterHl7Module } from './adapter-hl7.module.js';
import { AdapterHl7Settings } from './config.js';

serve({
  name: 'adapter-hl7',
  settings: readSettings(AdapterHl7Settings, process.env),
  modules: [AdapterHl7Module.fromEnvironment(process.env)],
  ports: ['bus'],
});
