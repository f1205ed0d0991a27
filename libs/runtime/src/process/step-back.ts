import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** The lowest priority there is. */
const niceMax = 19;
/**
 * `/autogroup-<n> nice <n>`, where Linux shares the processor between sessions before it looks at their threads. Empty
 * in the session that the machine itself began with, which has no share of its own; missing in kernels without sharing.
 */
const ownSession = '/proc/self/autogroup';

/**
 * Gives this thread, and every thread that it starts from now on, less of a processor that is short: so many steps of
 * Linux's nice value, which only an administrator can take back. Threads that run already keep what they have. With a
 * process that leads a session, the session steps back. Does nothing on systems where a thread has no priority of its
 * own. Throws the system's error when it refuses.
 */
export function stepBack(steps: number): void {
  if (process.platform !== 'linux' || steps === 0) return;
  setPriority(behind(getPriority(), steps));
  if (leadsSession()) stepBackAsSession(steps);
}

function behind(nice: number, steps: number): number {
  return Math.min(niceMax, nice + steps);
}

/** The fourth field behind the command, which is in brackets and may hold anything (proc(5)). */
function leadsSession(): boolean {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(session) === process.pid;
}

function stepBackAsSession(steps: number): void {
  try {
    const [, nice] = readFileSync(ownSession, 'latin1').split(' nice ');
    if (nice !== undefined) writeFileSync(ownSession, String(behind(Number(nice), steps)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
