import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { encodeFrame } from '@anamnesis/hl7v2';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { adt, message, msh, pid } from '../fixtures/messages.js';
import { describeProducts, startMs } from '../products.js';
import { eventually, type Standalone } from '../standalone.js';

const mebibyte = 1024 * 1024;

interface Row {
  readonly eventId: string | null;
  readonly state: string;
  readonly reason?: string;
}

describeProducts('hostile input', (product) => {
  let directory: string;
  let standalone: Standalone;
  let client: MllpClient;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-hostile-'));
    standalone = await product.start(directory);
    client = await MllpClient.connect(standalone.sandbox.mllp);
  }, startMs);
  afterAll(async () => {
    client.close();
    await standalone.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  let sequence = 0;
  const good = () => adt({ controlId: `GOOD-${++sequence}`, number: 'GOOD' });
  const send = async (bytes: Uint8Array, deadlineMs = 120_000) =>
    Buffer.from(await client.send(bytes, deadlineMs)).toString('latin1');
  /** Another sender, at the same time: it must not notice. */
  const othersAreServed = async () => {
    const other = await MllpClient.connect(standalone.sandbox.mllp);
    expect(Buffer.from(await other.send(good(), 10_000)).toString('latin1')).toContain('MSA|AA|');
    other.close();
  };
  const raw = () =>
    new Promise<Socket>((resolve, reject) => {
      const { host, port } = standalone.sandbox.mllp;
      const socket = connect(port, host, () => {
        resolve(socket);
      });
      socket.once('error', reject);
    });
  const residentBytes = () =>
    1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${standalone.intakePid}/status`, 'utf8'))?.[1]);

  it.each([
    ['no MSH', 'PID|1||X\r', 'AR'],
    ['a truncated MSH', 'MSH|^~\\&|A', 'AR|AE'],
    ['an MSH of four bytes', 'MSH|', 'AR|AE'],
    ['nothing', '', 'AR|AE'],
    ['NUL bytes only', '\0\0\0\0', 'AR|AE'],
    ['text of another protocol', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'AR|AE'],
  ])('answers %s negatively, and the next frame positively', async (_name, text, code) => {
    expect(await send(Buffer.from(text, 'latin1'))).toMatch(new RegExp(`\\rMSA\\|(${code})\\|`));
    expect(await send(good())).toContain('MSA|AA|');
  });

  it('skips garbage around frames', async () => {
    client.write(Buffer.from('garbage\x1c\r\n\0\xff', 'latin1'));
    expect(await send(good())).toContain('MSA|AA|');
  });

  it('accepts NUL bytes and invalid UTF-8 in content, and shows no replacement character', async () => {
    const odd = Buffer.concat([
      Buffer.from(`${msh({ controlId: 'ODD-1' }, 'ADT^A04^ADT_A01')}\rEVN|A04\rPID|1||ODD-1^^^MPK^MR||EVERY`),
      Buffer.from([0xc3, 0x28, 0x00]),
      Buffer.from('WOMAN^EVE||19620320|F\rPV1|1|O\r'),
    ]);
    expect(await send(odd)).toContain('MSA|AA|ODD-1');
    await eventually(async () => {
      const text = JSON.stringify(await standalone.get('/fhir/Patient?identifier=ODD-1'));
      expect(text).toContain('ODD-1');
      expect(text).not.toContain('\ufffd');
    });
  });

  it('refuses bytes that cannot be decoded in the identifier, naming the field', async () => {
    const odd = Buffer.concat([
      Buffer.from(`${msh({ controlId: 'ODD-2' }, 'ADT^A04^ADT_A01')}\rEVN|A04\rPID|1||M`),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('^^^MPK^MR||EVERYWOMAN^EVE\rPV1|1|O\r'),
    ]);
    const answer = await send(odd);
    expect(answer).toContain('MSA|AE|ODD-2');
    expect(answer).toMatch(/\rERR\|\|PID\^1\^3.*\|102/);
    await eventually(async () => {
      const rows: readonly Row[] = await standalone.get('/messages?controlId=ODD-2');
      expect(rows).toMatchObject([{ eventId: null, state: 'refused' }]);
    });
  });

  it('drops 400 MB without an end block in bounded memory, while others are served', async () => {
    const socket = await raw();
    const before = residentBytes();
    socket.write(Buffer.from([0x0b]));
    const chunk = Buffer.alloc(mebibyte, 0x41);
    for (let n = 0; n < 400; n++) {
      if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve));
      if (n === 200) await othersAreServed();
    }
    expect(residentBytes() - before).toBeLessThan(200 * mebibyte);
    socket.destroy();
    await othersAreServed();
  }, 120_000);

  it('answers a frame over the limit negatively and stays usable', async () => {
    const head = Buffer.from(`${msh({ controlId: 'BIG-1' }, 'ADT^A08^ADT_A01')}\r`);
    const answer = await send(Buffer.concat([head, Buffer.alloc(17 * mebibyte, 0x41)]));
    expect(answer).toMatch(/\rMSA\|AE\|BIG-1/);
    expect(answer).toContain('207');
    expect(await send(good())).toContain('MSA|AA|');
  }, 60_000);

  it('takes an OBX-5 of 15 MB whole', async () => {
    const segments = [
      msh({ controlId: 'BIG-2' }, 'ORU^R01^ORU_R01'),
      pid({ controlId: '', number: 'BIG' }),
      'OBR|1|P-BIG|F-BIG|18748-4^DIAGNOSTIC IMAGING^LN',
      `OBX|1|ED|18748-4^DIAGNOSTIC IMAGING^LN||^AP^PDF^Base64^${'QUJD'.repeat((15 * mebibyte) / 4)}||||||F`,
    ];
    expect(await send(message(segments))).toContain('MSA|AA|BIG-2');
    await othersAreServed();
    await eventually(async () => {
      expect(await standalone.get('/messages?controlId=BIG-2')).toMatchObject([{ state: 'anchored' }]);
    }, 60_000);
  }, 120_000);

  it('takes 100,000 OBX in one message, while others are served', async () => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `OBX|${n + 1}|NM|${n}-0^T^LN||${n}|mg/dL|||||F`);
    const segments = [
      msh({ controlId: 'MANY-1' }, 'ORU^R01^ORU_R01'),
      pid({ controlId: '', number: 'MANY' }),
      'OBR|1|P|F-MANY|1^T^L',
    ];
    const sending = send(message([...segments, ...lines]), 120_000);
    expect(await sending).toMatch(/MSA\|AA\|MANY-1/);
    await othersAreServed();
    await eventually(async () => {
      expect(await standalone.get('/messages?controlId=MANY-1')).toMatchObject([{ state: 'anchored' }]);
    }, 120_000);
  }, 300_000);

  it('serves others beside 300 idle connections and a sender that never reads its answers', async () => {
    const idle = await Promise.all(Array.from({ length: 300 }, raw));
    const deaf = await raw();
    deaf.pause();
    const frame = Buffer.from(encodeFrame(good()));
    let isFull = false;
    deaf.on('error', () => (isFull = true));
    const before = residentBytes();
    for (let n = 0; n < 20_000 && !isFull; n++) isFull = !deaf.write(frame) && n > 5000;
    await othersAreServed();
    expect(residentBytes() - before).toBeLessThan(256 * mebibyte);
    for (const socket of [...idle, deaf]) socket.destroy();
    await othersAreServed();
  }, 60_000);

  it.each([
    ['/fhir/Patient?nonsense=1', 200],
    ['/fhir/Patient?birthdate=not-a-date', 400],
    ["/fhir/Patient/'%20OR%201=1", 404],
    ['/fhir/Patient/%22%3E%3Cscript%3E', 404],
    ['/fhir/Patient?_count=100000', 200],
    ['/fhir/Patient?_count=-1', 400],
    ['/fhir/Nonsense', 404],
    ['/fhir/Patient?identifier=%00', 200],
    ["/messages?controlId='%3B%20DROP%20TABLE%20message", 200],
    ['/messages?_count=501', 400],
    ['/messages?_cursor=broken', 400],
    ["/evidence/'", 404],
  ])('answers GET %s with %i in the protocol of the path', async (path, status) => {
    const response = await standalone.request(path, { role: 'clinician' });
    const text = await response.text();
    expect([response.status, text.includes('    at ')]).toEqual([status, false]);
    if (path.startsWith('/fhir') && status >= 400) expect(text).toContain('"OperationOutcome"');
  });

  it('finds nothing under an id of 5,000 characters', async () => {
    const response = await standalone.request(`/fhir/Patient/${'a'.repeat(5000)}`, { role: 'clinician' });
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('"OperationOutcome"')]);
  });

  it('refuses broken tokens', async () => {
    const broken = ['', 'Bearer', 'Bearer ', 'Bearer x', `Bearer ${'x'.repeat(10_000)}`, 'Basic eDp4', 'Bearer \u00e9'];
    for (const authorization of broken) {
      const response = await standalone.request('/fhir/Patient', { headers: { authorization } });
      expect([authorization.slice(0, 20), response.status]).toEqual([authorization.slice(0, 20), 401]);
    }
  });

  it('is still up, and ready', async () => {
    expect((await standalone.request('/readyz')).status).toBe(200);
    expect(existsSync(`/proc/${standalone.intakePid}`)).toBe(true);
  });
});
