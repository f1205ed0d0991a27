import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Daemon } from './daemon.mjs';
import { identityOf } from './process-identity.mjs';

const idle = 'setInterval(() => {}, 1000)';
let directory: string;
let stranger: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-daemon-'));
});

afterEach(async () => {
  stranger?.kill('SIGKILL');
  stranger = undefined;
  await rm(directory, { recursive: true });
});

function daemonOf(script: string): Daemon {
  return new Daemon({ name: 'idle', directory, command: () => ({ file: process.execPath, args: ['-e', script] }) });
}

describe('Daemon', () => {
  it('is found again by another handle on the same directory, and not started twice', async () => {
    const daemon = daemonOf(idle);
    await daemon.start();
    const again = daemonOf(idle);
    await again.start();
    expect(again.pid()).toBe(daemon.pid());
    await again.stop();
    expect(daemon.pid()).toBeUndefined();
  });

  it('never signals a process that got the pid of its own later', async () => {
    const daemon = daemonOf(idle);
    await daemon.start();
    const file = join(directory, 'idle.pid');
    const known = JSON.parse(await readFile(file, 'utf8')) as { pid: number; identity: string };
    await daemon.kill();
    stranger = spawn(process.execPath, ['-e', idle]);
    await once(stranger, 'spawn');
    await writeFile(file, JSON.stringify({ ...known, pid: stranger.pid }));

    expect(daemon.pid()).toBeUndefined();
    expect(daemon.signal('SIGKILL')).toBe(false);
    await daemon.stop();
    await daemon.kill();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  it('says why a process died before it was ready', async () => {
    const daemon = daemonOf('throw new Error("port 1 is taken")');
    await daemon.start();
    const never = () => Promise.reject(new Error('not ready'));
    await expect(daemon.ready(never)).rejects.toThrow(/died at start[^]*port 1 is taken/);
  });

  it('stops a paused process', async () => {
    const daemon = daemonOf(idle);
    await daemon.start();
    daemon.pause();
    await daemon.stop();
    expect(daemon.pid()).toBeUndefined();
  });

  it('is killed with the process that started it, unless it is to outlive that', () => {
    const url = JSON.stringify(new URL('./daemon.mjs', import.meta.url).href);
    const script = (outlives: boolean) => `
      import { Daemon } from ${url};
      const directory = ${JSON.stringify(directory)} + '/${String(outlives)}';
      const command = () => ({ file: process.execPath, args: ['-e', ${JSON.stringify(idle)}] });
      const daemon = new Daemon({ name: 'idle', directory, command, outlives: ${String(outlives)} });
      await daemon.start();
      process.stdout.write(String(daemon.pid()));`;
    const pidAfter = (outlives: boolean) =>
      Number(execFileSync(process.execPath, ['--input-type=module', '-e', script(outlives)], { encoding: 'utf8' }));
    const mortal = pidAfter(false);
    const outliving = pidAfter(true);
    expect(identityOf(outliving)).toBeDefined();
    process.kill(outliving, 'SIGKILL');
    expect(identityOf(mortal)).toBeUndefined();
  });
});
