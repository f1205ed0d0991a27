import { createServer } from 'node:http';
import { forward } from './forward.mjs';
import { Upstreams } from './upstreams.mjs';

const connectionsMax = 1_000;
const registrationPrefixes = ['/registration', '/docs'];

/**
 * Joins the apps' prefixes under one address: `/registration` and `/docs` go to registration, the rest to query; its own
 * `/livez` and `/readyz` say whether there is an instance of each to send to.
 */
export function createIngress({ registration, query }) {
  const upstreams = { registration: new Upstreams(registration), query: new Upstreams(query) };
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
    const app = registrationPrefixes.some((prefix) => isBelow(path, prefix)) ? 'registration' : 'query';
    return void forward(incoming, outgoing, upstreams[app].inTurn());
  });
  server.maxConnections = connectionsMax;
  server.on('listening', () => all.forEach((one) => one.watch()));
  server.on('close', () => all.forEach((one) => one.close()));
  return server;
}

/** `/docs`, `/docs/…` and `/docs-json`, but not `/doctors`. */
function isBelow(path, prefix) {
  return path.startsWith(prefix) && /^$|^[/-]/.test(path.slice(prefix.length));
}

function answer(outgoing, isWell) {
  outgoing.writeHead(isWell ? 200 : 503, { 'content-type': 'application/json' });
  outgoing.end(`${JSON.stringify({ status: isWell ? 'ok' : 'unavailable' })}\n`);
}
