import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identityOf } from '../process/process-identity.mjs';
import { until } from '../process/until.mjs';
import { ServiceProcess } from './service-process.mjs';

const deadlineMs = 20_000;
const drainsWith = (status: number) =>
  `process.on('SIGTERM', () => { console.log('drained'); process.exit(${status}); });
   setInterval(() => {}, 1000);
   console.log('up');`;

let directory: string;
let lines: string[];
const started: ServiceProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-supervised-'));
  lines = [];
});

afterEach(async () => {
  for (const one of started.splice(0)) one.killNow();
  await rm(directory, { recursive: true });
});

function supervised(script: string): ServiceProcess {
  const say = (line: string) => lines.push(line);
  const environment = { PATH: process.env['PATH'] ?? '' };
  const one = new ServiceProcess({ name: 'one', args: ['-e', script], environment, directory, say });
  started.push(one);
  return one;
}

const said = (text: string, times = 1) =>
  until(
    text,
    () =>
      lines.filter((line) => line.includes(text)).length >= times
        ? Promise.resolve()
        : Promise.reject(new Error(lines.join('\n'))),
    { deadlineMs },
  );

describe('ServiceProcess', () => {
  it('starts again what was killed, and says so', async () => {
    const one = supervised(drainsWith(0));
    one.start();
    await said('up');
    const before = one.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await said('ended by itself (SIGKILL); again in');
    await said('up', 2);
    expect(one.pid).not.toBe(before);
  });

  it('waits longer every time for what dies at once', async () => {
    supervised('process.exit(3)').start();
    await said('ended by itself', 3);
    const waits = lines.map((line) => Number(/exit status 3\); again in ([\d.]+) s/.exec(line)?.[1]));
    expect(waits.slice(0, 3)).toEqual([0.5, 1, 2]);
  });

  it('lets a process drain, tells its exit status, and does not start it again', async () => {
    const one = supervised(drainsWith(7));
    one.start();
    await said('up');
    expect(await one.stop()).toBe(7);
    expect(lines).toEqual(['up', 'drained']);
    expect(one.isRunning).toBe(false);
  });

  it('stops at once what waits to be started again', async () => {
    const one = supervised('process.exit(3)');
    one.start();
    await said('ended by itself');
    expect(await one.stop()).toBeNull();
  });

  it('ends what a killed supervisor left behind, and nothing else', async () => {
    const left = supervised(drainsWith(0));
    left.start();
    await said('up');
    const pid = left.pid ?? 0;
    const next = supervised(drainsWith(0));
    await next.removeRemains();
    expect(identityOf(pid)).toBeUndefined();
    await left.stop();
    await next.removeRemains(); // nothing there: nothing done
  });
});
