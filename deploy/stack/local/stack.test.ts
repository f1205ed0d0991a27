import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { identityOf } from '../process/process-identity.mjs';
import { provided } from '../provided.js';
import { startRedis } from '../redis.mjs';

const directory = await mkdtemp(join(tmpdir(), 'anamnesis-stack-'));
const probe = await provided(() => startRedis({ directory: join(directory, 'probe') }));
const stack = join(directory, 'stack');
const envFile = join(stack, 'stack.env');

interface Outcome {
  readonly status: number;
  readonly output: string;
}

function run(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, STACK_DIR: stack };
  return new Promise((resolve) => {
    execFile(process.execPath, ['deploy/stack/main.mjs', ...args], { env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

const pidOfRedis = async () =>
  (JSON.parse(await readFile(join(stack, 'redis', 'redis-server.pid'), 'utf8')) as { pid: number }).pid;

afterAll(async () => {
  await run('down');
  await probe?.kill();
  await rm(directory, { recursive: true });
});

(probe === undefined ? describe.skip : describe)('the local stack', () => {
  it('starts a service that outlives the command, and tells only its owner where', async () => {
    expect(await run('up', '--only', 'redis')).toMatchObject({ status: 0 });
    expect(identityOf(await pidOfRedis())).toBeDefined();
    expect((await stat(envFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(envFile, 'utf8')).toMatch(
      /^PROFILE=cluster\n[^]*^REDIS_URL=redis:\/\/:.+@127\.0\.0\.1:\d+$/m,
    );
  });

  it('finds at the second start what runs', async () => {
    const before = { pid: await pidOfRedis(), env: await readFile(envFile, 'utf8') };
    expect(await run('up', '--only', 'redis')).toMatchObject({ status: 0 });
    expect({ pid: await pidOfRedis(), env: await readFile(envFile, 'utf8') }).toEqual(before);
  });

  it('says what runs without saying its password, and what is dead', async () => {
    const running = await run('status');
    expect(running).toMatchObject({
      status: 0,
      output: expect.stringMatching(/redis +127.0.0.1:\d+, redis-server pid/),
    });
    expect(running.output).not.toContain(/redis:\/\/:(.+)@/.exec(await readFile(envFile, 'utf8'))?.[1]);
    process.kill(await pidOfRedis(), 'SIGKILL');
    const dead = await run('status');
    expect(dead).toMatchObject({ status: 1, output: expect.stringContaining('redis-server DEAD') });
  });

  it('stops what it started, keeps the data, and deletes it when told to', async () => {
    await run('up', '--only', 'redis');
    const pid = await pidOfRedis();
    expect(await run('down')).toMatchObject({ status: 0 });
    expect(identityOf(pid)).toBeUndefined();
    expect(existsSync(envFile)).toBe(false);
    expect(existsSync(join(stack, 'redis', 'data'))).toBe(true);
    await run('down', '--wipe');
    expect(existsSync(join(stack, 'redis'))).toBe(false);
  });

  it('refuses what it does not know', async () => {
    for (const args of [['up', '--only', 'postgres'], ['up', '--brokers', '0'], ['restart'], ['up', '--fast']])
      expect(await run(...args)).toMatchObject({ status: 2 });
    expect(existsSync(envFile)).toBe(false);
  });
});
