import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the range that systems take for outgoing connections: a client that keeps dialling a dead service would
 * otherwise one day be given the service's port as its own and so keep it from coming back.
 */
const range = { first: 20_000, last: 31_999 };
const triesMax = 200;

/** So many different ports of 127.0.0.1 that nobody listens on. Nobody holds them either: starting may still fail. */
export async function freePorts(count) {
  const ports = new Set();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > triesMax + count) throw new Error(`no free port between ${range.first} and ${range.last}`);
    const port = randomInt(range.first, range.last + 1);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

export async function isFree(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false; // taken, or not ours to take
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** The first free port from `first` upwards. */
export async function nextFreePort(first) {
  for (let port = first; port < first + triesMax; port++) if (await isFree(port)) return port;
  throw new Error(`no free port from ${first} to ${first + triesMax - 1}`);
}
