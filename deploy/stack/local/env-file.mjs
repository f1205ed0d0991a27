import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envFile, stackDirectory } from './stack-directory.mjs';

const file = join(stackDirectory, 'settings.json');

/**
 * The settings that each running service has contributed: `{ kafka: { KAFKA_BROKERS: … }, … }`. The env file is made
 * of them anew whenever they change, so that starting or stopping one service leaves the others' lines as they are.
 */
export function readSettings() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {}; // nothing runs
    throw error;
  }
}

/** Whole or not at all, and for its owner only: it holds passwords. */
export function writeSettings(settings) {
  mkdirSync(stackDirectory, { recursive: true, mode: 0o700 });
  write(file, `${JSON.stringify(settings, null, 2)}\n`);
  if (Object.keys(settings).length === 0) {
    rmSync(envFile, { force: true });
    return;
  }
  const all = Object.assign({ PROFILE: 'cluster', LEDGER: 'log' }, ...Object.values(settings));
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
  write(envFile, lines.join(''));
}

function write(path, content) {
  writeFileSync(`${path}.draft`, content, { mode: 0o600 });
  renameSync(`${path}.draft`, path);
}

/** `KEY=value` lines as an object. */
export function parseEnvFile(text) {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
