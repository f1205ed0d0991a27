// What a fresh clone lacks is made by steps: a command that runs again only when what it depends on has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs `command` unless an earlier run left `stamp` with the same state. Throws when it fails. */
export function step({ title, stamp, state, command: [file, ...args], cwd = process.cwd() }) {
  if (read(stamp) === state) return;
  process.stderr.write(`anamnesis: ${title} ...\n`);
  const startedAt = performance.now();
  const { status, stdout, error } = spawnSync(file, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${stdout ?? ''}${title} failed${error ? `: ${error.message}` : ''}`);
  writeFileSync(stamp, state);
  process.stderr.write(`anamnesis: ${title} done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

/** Native packages are chosen for one platform and one Node. */
export function packagesState(lock) {
  return digest([readFileSync(lock), process.version, process.platform, process.arch]);
}

export function npm(...args) {
  const script = process.env.npm_execpath; // set by npm itself: the same npm, no look-up in PATH
  return script?.endsWith('.js') ? [process.execPath, script, ...args] : ['npm', ...args];
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // never made: that is what a stamp is asked
  }
}

/** Every file below, by path, size and time; tests are not built. */
export function listing(path) {
  const stat = statSync(path);
  if (stat.isDirectory())
    return readdirSync(path)
      .sort()
      .flatMap((name) => listing(join(path, name)));
  return path.endsWith('.test.ts') ? [] : [`${path} ${stat.size} ${stat.mtimeMs}`];
}

export function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('hex');
}
