// The chaos test for as long as one likes: `npm run chaos -- [--minutes 30] [--seed N] [--rate N]`. Needs what it needs: Kafka,
// MariaDB, Redis as `npm test` provisions them, and Fabric where its commands are.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = 'usage: npm run chaos -- [--minutes 30] [--seed N] [--rate messages-per-second]';
const options = { minutes: { type: 'string', default: '30' }, seed: { type: 'string' }, rate: { type: 'string' } };

try {
  const { values } = parseArgs({ options });
  process.exitCode = await run({
    CHAOS_MINUTES: number(values.minutes, 0.1, 10_000),
    ...(values.seed !== undefined && { CHAOS_SEED: number(values.seed, 0, 2 ** 31) }),
    ...(values.rate !== undefined && { CHAOS_MESSAGES_PER_SECOND: number(values.rate, 1, 10_000) }),
  });
} catch (error) {
  console.error(error.code?.startsWith('ERR_PARSE_ARGS') ? `${error.message}\n${usage}` : error.message);
  process.exitCode = 2;
}

function number(text, min, max) {
  const value = Number(text);
  if (text === '' || !(value >= min && value <= max)) throw new Error(`${text} is not ${min} to ${max}\n${usage}`);
  return String(value);
}

function run(environment) {
  const flags = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--import=./test/worker-source.mjs',
  ];
  const args = [...flags, 'node_modules/jest/bin/jest.js', 'test/chaos', '-i', '--ci', '--silent=false'];
  // A service that cannot be provided is a failure here: nobody asks for half an hour of nothing.
  const env = { ...process.env, CI: 'true', ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
}
