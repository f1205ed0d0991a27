import { request } from 'node:http';

const connectMs = 2_000;
const answerMs = 60_000;

/** Headers that are between two neighbours only (RFC 9110, 7.6.1). */
const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/**
 * Passes a request to the first instance that takes it, both ways as it flows. Another instance is tried when nothing
 * of the request has been handed over yet, or when it is one that may be asked twice and nothing has been answered.
 */
export async function forward(incoming, outgoing, instances) {
  for (const instance of instances) {
    const attempt = await attemptOn(instance, incoming, outgoing);
    if (attempt === 'done') return;
    instance.isReady = false; // until it says so again
    if (attempt === 'half') return refuse(outgoing, 502, 'the instance that took the request went away');
  }
  refuse(outgoing, 503, 'no instance is ready');
}

/** `away`: another may be tried. `half`: the request may have had an effect. `done`: answered, whole or broken off. */
function attemptOn({ url }, incoming, outgoing) {
  return new Promise((resolve) => {
    const mayRepeat = ['GET', 'HEAD'].includes(incoming.method) && !hasBody(incoming.headers);
    let isAnswered = false;
    let isConnected = false;
    const upstream = request({
      host: url.hostname,
      port: url.port,
      method: incoming.method,
      path: incoming.url,
      headers: passedOn(incoming),
      agent: false, // a connection kept open could be closed under the request
    });
    const connecting = setTimeout(() => upstream.destroy(new Error('no connection')), connectMs);
    const abandon = () => upstream.destroy();
    outgoing.once('close', abandon);
    upstream.setTimeout(answerMs, () => upstream.destroy(new Error('no answer')));
    upstream.once('socket', (socket) =>
      socket.once('connect', () => {
        isConnected = true;
        clearTimeout(connecting);
        if (mayRepeat) upstream.end();
        else incoming.pipe(upstream);
      }),
    );
    upstream.once('response', (answer) => {
      isAnswered = true;
      outgoing.writeHead(answer.statusCode, withoutHopByHop(answer.headers));
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy()); // a cut answer must not look like a whole one
      resolve('done');
    });
    upstream.on('error', () => {
      clearTimeout(connecting);
      if (isAnswered) return; // the answer itself says whether it is whole
      outgoing.off('close', abandon);
      incoming.unpipe(upstream);
      if (outgoing.destroyed) resolve('done');
      else resolve(isConnected && !mayRepeat ? 'half' : 'away');
    });
  });
}

const hasBody = (headers) => 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;

function passedOn({ headers, socket }) {
  const kept = withoutHopByHop(headers);
  const from = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ');
  // Without a length the body comes in chunks; node frames it anew.
  const framing = headers['transfer-encoding'] ? { 'transfer-encoding': 'chunked' } : {};
  return { ...kept, ...framing, 'x-forwarded-for': from, connection: 'close' };
}

function withoutHopByHop(headers) {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHop.includes(name) && !named.includes(name)),
  );
}

export function refuse(outgoing, status, reason) {
  if (outgoing.headersSent || outgoing.destroyed) return;
  const body = JSON.stringify({ code: 'unavailable', message: reason });
  outgoing.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1', connection: 'close' });
  outgoing.end(`${body}\n`);
}
