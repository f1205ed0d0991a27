import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkProcesses } from '../../fabric/processes.mjs';
import { readSettings } from './env-file.mjs';
import { daemonsOf, directoryOf, envFile, serviceNames } from './stack-directory.mjs';

/** Says what runs and where, without passwords. The exit status is 0 when everything runs that was started. */
export function status() {
  const settings = readSettings();
  let exitStatus = 0;
  for (const name of serviceNames) {
    const processes = processesOf(name);
    const isMeant = settings[name] !== undefined;
    const isRunning = processes.length > 0 && processes.every(({ pid }) => pid !== undefined);
    if (isMeant && !isRunning) exitStatus = 1;
    const each = processes.map((one) => `${one.name} ${one.pid === undefined ? 'DEAD' : `pid ${one.pid}`}`);
    console.log(`${name.padEnd(8)} ${isMeant ? [whereIs(settings[name]), ...each].join(', ') : 'not started'}`);
  }
  if (exitStatus !== 0) console.log('npm run stack:up starts what is dead');
  // It is there for as long as something runs.
  else if (existsSync(envFile)) console.log(`settings in ${envFile}`);
  return exitStatus;
}

function processesOf(name) {
  if (name !== 'fabric') return daemonsOf(name).map((daemon) => ({ name: daemon.name, pid: daemon.pid() }));
  if (!existsSync(join(directoryOf(name), 'processes'))) return [];
  const processes = new NetworkProcesses(directoryOf(name));
  return processes.names().map((one) => ({ name: one, pid: processes.pid(one) }));
}

function whereIs({ KAFKA_BROKERS, DATABASE_URL, REDIS_URL, FABRIC_CHANNEL }) {
  const url = DATABASE_URL ?? REDIS_URL;
  return KAFKA_BROKERS ?? (url ? new URL(url).host : `channel ${FABRIC_CHANNEL}`);
}
