import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, isFree } from './free-port.mjs';
import { Died } from './daemon.mjs';

const startsMax = 3;

/**
 * The port and password of the service in `directory`, kept from start to start; another port where somebody has
 * taken the old one while the service did not run.
 */
export async function openAccess(directory, daemon) {
  const file = join(directory, 'access.json');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const known = read(file);
  if (known && (daemon.pid() !== undefined || (await isFree(known.port)))) return known;
  const [port] = await freePorts(1);
  const access = { port, password: known?.password ?? randomBytes(24).toString('base64url') };
  writeFileSync(file, `${JSON.stringify(access)}\n`, { mode: 0o600 });
  return access;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined; // the first start
    throw error;
  }
}

/** Tries again when the process died at start: most often somebody took the port between our look and its own. */
export async function startSurvivingTakenPort(start) {
  for (let starts = 1; ; starts++) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof Died) || starts === startsMax) throw error;
    }
  }
}
