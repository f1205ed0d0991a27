// The processes of a network by name. RUN/processes/NAME holds a process id and its start time: ids are used again.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const exitMs = 10_000;

export class NetworkProcesses {
  #directory;

  constructor(run) {
    this.#directory = join(run, 'processes');
  }

  /** Names of what was started and not stopped by the script, whether it still runs or not. */
  names() {
    return readdirSync(this.#directory).sort();
  }

  /** The process id of `name` if the process that the script started is the one that runs under it now. */
  pid(name) {
    const [id, startedAt] = readText(join(this.#directory, name)).split(/\s/);
    const stat = readText(`/proc/${id}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return id && fields[0] !== 'Z' && fields[19] === startedAt ? Number(id) : undefined;
  }

  /** Resident memory in MB. */
  memory(name) {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readText(`/proc/${this.pid(name)}/status`))?.[1] ?? 0) / 1024);
  }

  signal(name, signal) {
    const pid = this.pid(name);
    if (pid === undefined) throw new Error(`${name} does not run`);
    process.kill(-pid, signal);
  }

  /** Resolves when the process is gone, so that its ports are free. */
  async kill(name) {
    this.signal(name, 'SIGKILL');
    const end = Date.now() + exitMs;
    while (this.pid(name) !== undefined) {
      if (Date.now() > end) throw new Error(`${name} was killed and is still there`);
      await pause(10);
    }
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // nothing started under that name, or gone
  }
}
