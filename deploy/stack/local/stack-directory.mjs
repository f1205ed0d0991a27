import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheDirectory } from '../paths.mjs';
import { Daemon } from '../process/daemon.mjs';

/** Every service of the local stack has a directory of its own here. `STACK_DIR` is for a second stack beside it. */
export const stackDirectory = process.env.STACK_DIR || join(cacheDirectory, 'stack');

export const envFile = join(stackDirectory, 'stack.env');

export const serviceNames = ['kafka', 'mariadb', 'redis', 'fabric'];

export const directoryOf = (service) => join(stackDirectory, service);

/** The processes noted in a service's directory, whether they still run or not. Fabric keeps its own note of them. */
export function daemonsOf(service) {
  const directory = directoryOf(service);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => new Daemon({ name: basename(name, '.pid'), directory }));
}

/** The services of `--only a,b`; all without it. */
export function chosen(only) {
  const names = only === undefined ? serviceNames : only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !serviceNames.includes(name));
  if (unknown.length > 0) throw new Error(`--only knows ${serviceNames.join(', ')}, not ${unknown.join(', ')}`);
  return names;
}

export const fabricScript = join(dirname(import.meta.dirname), '..', 'fabric', 'network.sh');
