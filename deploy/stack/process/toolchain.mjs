import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A service cannot be provided on this machine; the message says what to install. */
export class MissingToolchain extends Error {
  name = 'MissingToolchain';
}

/** Daemons live in sbin, which the PATH of a plain user often lacks. */
const daemonDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/libexec'];

/** The first of these commands that exists, as an absolute path. */
export function findCommand(...names) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...daemonDirectories];
  for (const name of names)
    for (const directory of directories) {
      const file = join(directory, name);
      if (directory !== '' && isExecutable(file)) return file;
    }
  return undefined;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a tool to its end and gives back what it printed; throws with its last lines when it fails.
 * `input` goes to its standard input, `environment` is added to ours; `runAs` is the `{ uid, gid }` of another user.
 */
export async function runTool(file, args, { cwd, environment = {}, input, runAs = {}, timeoutMs = 10 * 60_000 } = {}) {
  const stdio = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
  const env = { ...process.env, ...environment };
  const child = spawn(file, args, { ...{ cwd, stdio, env, timeout: timeoutMs }, ...runAs });
  child.stdin?.on('error', () => undefined); // it ended without reading: its exit status says why
  child.stdin?.end(input);
  let stdout = '';
  let all = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    all += chunk;
  });
  child.stderr.on('data', (chunk) => (all += chunk));
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${lastLines(all)}`);
  return { stdout, output: all };
}

/** The end of a log, for an error message. */
export function lastLines(text, count = 5) {
  return text.trim().split('\n').slice(-count).join('\n');
}
