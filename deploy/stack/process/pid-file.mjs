import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { identityOf } from './process-identity.mjs';

/** Notes a process by pid and start time: pids are reused. */
export function writePidFile(file, pid) {
  writeFileSync(`${file}.draft`, `${JSON.stringify({ pid, identity: identityOf(pid) ?? 'gone' })}\n`);
  renameSync(`${file}.draft`, file);
}

/** The pid of the process that was noted, while that very process lives. */
export function readPidFile(file) {
  let known;
  try {
    known = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // never noted, or stopped
  }
  return Number.isSafeInteger(known.pid) && known.pid > 1 && identityOf(known.pid) === known.identity
    ? known.pid
    : undefined;
}
