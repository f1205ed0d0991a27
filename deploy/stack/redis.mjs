import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { cacheDirectory as defaultCache } from './paths.mjs';
import { Daemon } from './process/daemon.mjs';
import { findProgram } from './process/program.mjs';
import { silent, step } from './progress.mjs';
import { openAccess, startSurvivingTakenPort } from './process/service-directory.mjs';

const host = '127.0.0.1';
const answerMs = 3_000;

/** See redis.d.mts. */
export async function startRedis({ directory, cacheDirectory = defaultCache, outlives = false, log = silent }) {
  const program = await findProgram({
    name: 'redis',
    command: 'redis-server',
    inDebian: 'usr/bin/redis-server',
    packages: ['redis-server', 'redis-tools'],
    cacheDirectory,
    log,
  });
  const file = join(directory, 'redis.conf');
  const daemon = new Daemon({
    name: 'redis-server',
    directory,
    outlives,
    command: () => ({ file: program.file, args: [file], environment: program.environment }),
  });
  let access;
  const start = async () => {
    access = await openAccess(directory, daemon);
    if (daemon.pid() === undefined) {
      mkdirSync(join(directory, 'data'), { recursive: true });
      writeFileSync(file, configuration(directory, access), { mode: 0o600 });
      await daemon.start();
    }
    await daemon.ready(() => setAndGet(access));
  };
  await step(log, 'redis: ready', () => startSurvivingTakenPort(start));
  return {
    url: `redis://:${access.password}@${host}:${access.port}`,
    kill: () => daemon.kill(),
    start,
    pause: () => daemon.pause(),
    resume: () => daemon.resume(),
    flush: () => talk(access, ['FLUSHALL'], ['+OK']),
    pid: () => daemon.pid(),
    stop: () => daemon.stop(),
  };
}

function configuration(directory, { port, password }) {
  return [
    `bind ${host}`,
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${join(directory, 'data')}"`,
    // Jobs must not be dropped for room; at most a second of them is lost with the machine, and made again.
    'maxmemory-policy noeviction',
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'daemonize no',
    '',
  ].join('\n');
}

async function setAndGet(access) {
  await talk(access, ['SET stack-ready 1', 'GET stack-ready', 'DEL stack-ready'], ['+OK', '$1', '1', ':1']);
}

/** Inline commands of the Redis protocol, one connection; throws unless the lines of the answer are these. */
async function talk({ port, password }, commands, expected) {
  const socket = connect({ host, port });
  const wanted = ['+OK', ...expected];
  await new Promise((resolve, reject) => {
    let answer = '';
    socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed before the answer')));
    socket.on('data', (chunk) => {
      answer += chunk;
      const lines = answer.split('\r\n').slice(0, -1);
      if (lines.some((line, index) => line !== wanted[index])) reject(new Error(`answered ${lines.at(-1)}`));
      else if (lines.length === wanted.length) resolve();
    });
    socket.write([`AUTH ${password}`, ...commands, ''].join('\r\n'));
  }).finally(() => socket.destroy());
}
