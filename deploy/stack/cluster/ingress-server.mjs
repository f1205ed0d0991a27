import { createServer } from 'node:http';
import { forward } from './forward.mjs';
import { Upstreams } from './upstreams.mjs';

const connectionsMax = 1_000;
/** Below them, these apps answer; query answers the rest. */
const prefixes = { registration: ['/registration', '/docs'], 'adapter-hl7': ['/hl7v2'] };

/**
 * Joins the apps' prefixes under one address: `/registration` and `/docs` go to registration, `/hl7v2` to an adapter, the
 * rest to query; its own `/livez` and `/readyz` say whether there is an instance of each to send to.
 */
export function createIngress(instances) {
  const upstreams = Object.fromEntries(Object.entries(instances).map(([app, urls]) => [app, new Upstreams(urls)]));
  const all = Object.values(upstreams);
  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined); // the caller went away
    const path = incoming.url.split('?')[0];
    if (path === '/livez') return answer(outgoing, true);
    if (path === '/readyz')
      return answer(
        outgoing,
        all.every((one) => one.isReady),
      );
    return void forward(incoming, outgoing, upstreams[appOf(path)].inTurn());
  });
  server.maxConnections = connectionsMax;
  server.on('listening', () => all.forEach((one) => one.watch()));
  server.on('close', () => all.forEach((one) => one.close()));
  return server;
}

function appOf(path) {
  const named = Object.entries(prefixes).find(([, all]) => all.some((prefix) => isBelow(path, prefix)));
  return named?.[0] ?? 'query';
}

/** `/docs`, `/docs/…` and `/docs-json`, but not `/doctors`. */
function isBelow(path, prefix) {
  return path.startsWith(prefix) && /^$|^[/-]/.test(path.slice(prefix.length));
}

function answer(outgoing, isWell) {
  outgoing.writeHead(isWell ? 200 : 503, { 'content-type': 'application/json' });
  outgoing.end(`${JSON.stringify({ status: isWell ? 'ok' : 'unavailable' })}\n`);
}
