import { once } from 'node:events';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../process/until.mjs';
import { createIngress } from './ingress-server.mjs';

const deadlineMs = 20_000;
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      server.closeAllConnections();
      if (server.listening) await once(server.close(), 'close');
    }),
  );
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An app's instance: ready at once, answers everything else with `handle`. */
function instance(handle: RequestListener): Promise<string> {
  return listening(
    createServer((incoming, outgoing) => {
      if (incoming.url === '/readyz') outgoing.end('{}');
      else handle(incoming, outgoing);
    }),
  );
}

const named = (name: string) => instance((incoming, outgoing) => outgoing.end(`${name} ${incoming.url ?? ''}`));

/** An address at which nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  await once(server.close(), 'close');
  return url;
}

async function ingress(upstreams: { registration?: readonly string[]; query?: readonly string[] }): Promise<string> {
  const { registration = [await named('registration')], query = [await named('query')] } = upstreams;
  return listening(createIngress({ registration, 'adapter-hl7': [await named('adapter')], query }));
}

const becomesReady = (url: string) =>
  until(
    'ingress ready',
    async () => {
      const { status } = await fetch(`${url}/readyz`);
      if (status !== 200) throw new Error(String(status));
    },
    { deadlineMs },
  );

const bodyOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

describe('the ingress', () => {
  it('sends each prefix to its app, paths and queries as they are', async () => {
    const url = await ingress({});
    for (const path of ['/registration/sources?a=b%20c', '/docs', '/docs/swagger.css', '/docs-json'])
      expect(await bodyOf(url + path)).toBe(`registration ${path}`);
    expect(await bodyOf(`${url}/hl7v2`)).toBe('adapter /hl7v2');
    for (const path of ['/fhir/Patient?name=x', '/messages', '/doctors', '/registrations'])
      expect(await bodyOf(url + path)).toBe(`query ${path}`);
  });

  it('takes instances by turns', async () => {
    const url = await ingress({ query: [await named('one'), await named('two')] });
    await becomesReady(url);
    const answers = [await bodyOf(`${url}/`), await bodyOf(`${url}/`)];
    expect(answers.sort()).toEqual(['one /', 'two /']);
  });

  it('asks another instance, with the whole request, when one is away', async () => {
    const echo = await instance((incoming, outgoing) => incoming.pipe(outgoing));
    const url = await ingress({ query: [await nobody(), echo] });
    for (let turn = 0; turn < 4; turn++)
      expect(await bodyOf(`${url}/fhir`, { method: 'POST', body: 'x'.repeat(200_000) })).toHaveLength(200_000);
  });

  it('repeats a read that was not answered, but nothing that may have had an effect', async () => {
    const taken: (string | undefined)[] = [];
    const dying = await instance((incoming) => {
      taken.push(incoming.method);
      incoming.resume().once('end', () => incoming.socket.destroy());
    });
    const url = await ingress({ registration: [dying, await named('other')] });
    await becomesReady(url);
    expect(await bodyOf(`${url}/registration/a`)).toBe('other /registration/a');
    const reads = taken.length;
    await becomesReady(url);
    const statuses: number[] = [];
    while (!taken.includes('POST'))
      statuses.push((await fetch(`${url}/registration/b`, { method: 'POST', body: '{}' })).status);
    expect(statuses.at(-1)).toBe(502);
    expect(reads).toBeGreaterThan(0);
  });

  it('passes both directions on as they flow', async () => {
    const echo = await instance((incoming, outgoing) => incoming.pipe(outgoing));
    const url = await ingress({ query: [echo] });
    const sending = request(`${url}/fhir`, { method: 'POST' });
    const answered = once(sending, 'response') as Promise<[NodeJS.ReadableStream]>;
    sending.write('first');
    const [answer] = await answered;
    const [chunk] = (await once(answer, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('first'); // before the request has ended
    sending.end('last');
    expect(await text(answer)).toBe('last');
  });

  it('does not let a cut answer look like a whole one', async () => {
    const cutting = await instance((_, outgoing) => {
      outgoing.write('half', () => outgoing.destroy());
    });
    const url = await ingress({ query: [cutting] });
    await expect(bodyOf(`${url}/fhir`)).rejects.toThrow();
  });

  it('is ready when an instance of each app is, and says 503 with a time while there is none', async () => {
    const url = await ingress({ query: [await nobody()] });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const refused = await fetch(`${url}/fhir`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });
});
