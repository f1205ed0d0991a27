// The real services on this machine: `main.mjs up|down|status`. Everything is below .cache/stack.
import { parseArgs } from 'node:util';

const usage = `usage:
  npm run stack:up [-- --only kafka,mariadb,redis,fabric] [--brokers 1|3] [--orderers 3] [--plaintext]
  npm run stack:down [-- --only …] [--wipe]
  npm run stack:status`;

const options = {
  only: { type: 'string' },
  brokers: { type: 'string' },
  orderers: { type: 'string' },
  plaintext: { type: 'boolean' },
  wipe: { type: 'boolean' },
};

/** Loaded on demand: stopping and looking need no packages. */
const verbs = {
  up: async (values) => (await import('./local/up.mjs')).up(values),
  down: async (values) => (await import('./local/down.mjs')).down(values),
  status: async () => (await import('./local/status.mjs')).status(),
};

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const verb = positionals.length === 1 ? verbs[positionals[0]] : undefined;
  if (verb === undefined) throw new Error(usage);
  const counts = { brokers: count(values, 'brokers', 3), orderers: count(values, 'orderers', 5) };
  process.exitCode = await verb({ ...values, ...counts });
} catch (error) {
  console.error(error.code?.startsWith('ERR_PARSE_ARGS') ? `${error.message}\n${usage}` : error.message);
  process.exitCode = 2;
}

function count(values, name, max) {
  if (values[name] === undefined) return undefined;
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1 || number > max) throw new Error(`--${name} is 1 to ${max}\n${usage}`);
  return number;
}
