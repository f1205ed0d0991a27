import { orExit, readSettings, serve } from '@anamnesis/runtime';
import { AdapterHl7Module } from './adapter-hl7.module.js';
import { AdapterHl7Settings } from './config.js';
import { HttpIntakeModule } from './http-intake.module.js';

const name = 'adapter-hl7';

serve({
  name,
  settings: orExit(name, () => readSettings(AdapterHl7Settings, process.env)),
  modules: orExit(name, () => [AdapterHl7Module, HttpIntakeModule].map((one) => one.fromEnvironment(process.env))),
  ports: ['bus'],
  isClientOfRegistration: true,
});
