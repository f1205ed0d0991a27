import { setTimeout as pause } from 'node:timers/promises';
import type { FabricNetwork } from '../../deploy/fabric/network.mjs';

export interface Fault {
  readonly names: readonly string[];
  /** Between the kill and the start. */
  readonly downMs: number;
}

const lanes = 4;
/** Entries that must be done before the fault, and after it is over. */
const doneMin = 8;
const leaderDeadlineMs = 60_000;

/**
 * Kills the named processes while `act` runs in four lanes, starts them again, and waits for more to be done. Resolves to
 * how long nothing was.
 */
export async function outageUnderLoad(
  network: FabricNetwork,
  { names, downMs }: Fault,
  act: () => Promise<void>,
): Promise<string> {
  const done: number[] = [];
  let isRunning = true;
  const lane = async () => {
    while (isRunning) {
      await act();
      done.push(performance.now());
    }
  };
  const running = Promise.all(Array.from({ length: lanes }, lane));
  try {
    await moreThan(done, doneMin);
    const since = performance.now();
    await Promise.all(names.map((name) => network.kill(name)));
    await pause(downMs);
    for (const name of names) await network.start(name);
    const healed = performance.now();
    await moreThan(done, done.length + doneMin);
    const times = [since, ...done.filter((time) => time > since)];
    const silences = times.slice(1).map((time, at) => time - (times[at] ?? time));
    const recovery = (times.find((time) => time > healed) ?? healed) - healed;
    const [longest, down, first] = [Math.max(...silences), healed - since, recovery].map(seconds);
    return `longest silence ${longest ?? ''}, down ${down ?? ''}, first anchor ${first ?? ''} after the start`;
  } finally {
    isRunning = false;
    await running;
  }
}

/** Name of the orderer that leads channel c1. */
export async function leaderOf({ description }: FabricNetwork): Promise<string> {
  const end = performance.now() + leaderDeadlineMs;
  while (performance.now() < end) {
    for (let at = 1; at <= description.orderers; at++) {
      const port = description.operations[`o${at}`];
      const metrics = await fetch(`http://127.0.0.1:${port ?? 0}/metrics`).then(
        (answer) => answer.text(),
        () => '', // not there now: another one leads
      );
      if (/^consensus_etcdraft_is_leader\{channel="c1"\} 1$/m.test(metrics)) return `o${at}`;
    }
    await pause(100);
  }
  throw new Error('no orderer leads');
}

async function moreThan(done: readonly number[], count: number): Promise<void> {
  while (done.length <= count) await pause(20);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
