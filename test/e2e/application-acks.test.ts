import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeFrame, FrameDecoder } from '@anamnesis/hl7v2';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

/** The sender's own listener. */
class Listener {
  readonly received: string[] = [];
  isAnswering = false;

  private constructor(readonly server: Server) {
    server.on('connection', (socket) => {
      const decoder = new FrameDecoder({ frameBytesMax: 65_536 });
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        for (const item of decoder.push(chunk)) {
          if (item.kind !== 'frame') continue;
          const text = Buffer.from(item.bytes).toString();
          this.received.push(text);
          const answer = `MSH|^~\\&|ADT|ACKS|||2026||ACK|L1|P|2.5.1\rMSA|CA|${text.split('|')[9] ?? ''}\r`;
          if (this.isAnswering) socket.write(encodeFrame(Buffer.from(answer)));
        }
      });
    });
  }

  static async open(): Promise<Listener> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Listener(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

const message = (controlId: string, authority: string) =>
  [
    `MSH|^~\\&|ADT|ACKS|ANAMNESIS|HUB|20260306091500+0000||ADT^A04^ADT_A01|${controlId}|P|2.5.1|||NE|AL`,
    'EVN||20260306091500+0000',
    `PID|1||K-77^^^${authority}^MR||EVERYWOMAN^EVE||19620320|F`,
    'PV1|1|O\r',
  ].join('\r');
const told = (text: string) => /MSA\|[^|]*\|[^|\r]*/.exec(text)?.[0] ?? '';

describe('application acknowledgements (MSH-16)', () => {
  let directory: string;
  let standalone: Standalone;
  let listener: Listener;
  const environment = {
    APPLICATION_ACK_TIMEOUT_MS: '300',
    APPLICATION_ACK_POLL_MS: '50',
    APPLICATION_ACK_PAUSE_MS_MAX: '500',
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-application-acks-'));
    standalone = await startStandalone(directory, { environment });
    listener = await Listener.open();
  });
  afterEach(async () => {
    await standalone.end('SIGTERM');
    listener.server.close();
    await rm(directory, { recursive: true });
  });

  const api = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = { role: 'admin', method, headers, body: JSON.stringify(body) } as const;
    const response = await standalone.request(`/registration${path}`, init);
    expect(response.status).toBeLessThan(300);
    return (await response.json()) as { readonly id: string };
  };

  it('say what registration decided, survive kill -9, and are the same at each attempt', async () => {
    const { address } = listener;
    const source = { facility: 'ACKS', application: 'ADT', applicationAcknowledgementTo: address };
    await api('POST', '/sources', { ...source, authorityByNamespace: { SOUTH: 'urn:anamnesis:facility:SOUTH' } });
    const client = await MllpClient.connect(standalone.sandbox.mllp);
    // On this socket nothing comes back (MSH-15 = NE).
    for (const [controlId, authority] of [
      ['K-1', 'ACKS'],
      ['K-2', 'SOUTH'],
    ] as const)
      client.write(encodeFrame(Buffer.from(message(controlId, authority))));
    await eventually(async () => {
      expect(await standalone.get('/registration/acknowledgements?state=waiting', 'admin')).toHaveLength(2);
      expect(listener.received.length).toBeGreaterThan(0);
    });
    await standalone.end('SIGKILL');
    standalone = await startStandalone(directory, { environment });
    listener.isAnswering = true;
    await eventually(async () => {
      expect(await standalone.get('/registration/acknowledgements?state=taken', 'admin')).toHaveLength(2);
    });
    const [first = ''] = listener.received;
    expect(listener.received.at(-2)).toBe(first);
    expect(listener.received.slice(-2).map(told).sort()).toEqual(['MSA|AA|K-1', 'MSA|AE|K-2']);
    expect(listener.received.find((text) => told(text).includes('|AE|'))).toContain('authority-not-permitted');
  });
});
