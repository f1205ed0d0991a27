import { readSettings, serveInThread, Settings } from '@anamnesis/runtime';
import { AdapterHl7Module } from '../../adapter-hl7/src/adapter-hl7.module.js';

serveInThread('adapter-hl7', () => ({
  settings: readSettings(Settings, process.env),
  modules: [AdapterHl7Module.fromEnvironment(process.env)],
}));
