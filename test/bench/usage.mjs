// What processes cost, as Linux counts it; other systems show nothing.
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

const ticksPerSecond = 100;

/** CPU seconds of a process so far, its threads included. */
export function cpuSeconds(pid) {
  if (pid === undefined || !existsSync(`/proc/${pid}/stat`)) return NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory now and at its highest, in MB. */
export function memoryMb(pid) {
  if (pid === undefined || !existsSync(`/proc/${pid}/status`)) return { now: NaN, peak: NaN };
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024);
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** A meter over processes by name: `per(messages)` gives CPU seconds per 1,000 messages since it was made. */
export function meter(processes) {
  const before = Object.entries(processes).map(([name, pid]) => [name, pid, cpuSeconds(pid)]);
  return {
    per: (messages) => {
      const costs = before.map(([name, pid, seconds]) => [
        name,
        rounded(((cpuSeconds(pid) - seconds) * 1000) / messages),
      ]);
      return Object.fromEntries(costs.filter(([, cost]) => !Number.isNaN(cost)));
    },
  };
}

export function memoryOf(processes) {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, memoryMb(pid).peak]));
}

export function machine() {
  return {
    processors: `${cpus().length} x ${cpus()[0].model.trim()}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    at: new Date().toISOString(),
  };
}

/** Of the last minute: what else the machine was doing, this benchmark included. */
export function load() {
  return Math.round(loadavg()[0] * 10) / 10;
}

function rounded(value) {
  return Math.round(value * 1000) / 1000;
}
