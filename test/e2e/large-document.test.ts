import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { adt } from '../fixtures/messages.js';
import { startMs } from '../products.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const verifyMain = 'dist/product/verify.js';
const megabytes = 50;

/** Bytes that no run of compression or padding makes easy: a document of an invented patient. */
function documentOf(sizeBytes: number): Buffer {
  const block = createHash('sha512').update('a scanned letter').digest();
  const bytes = Buffer.alloc(sizeBytes, block);
  for (let at = 0; at < sizeBytes; at += 4096) bytes.writeUInt32BE(at, Math.min(at, sizeBytes - 4));
  return bytes;
}

function letter(controlId: string, document: Buffer): Buffer {
  const lines = [
    `MSH|^~\\&|TRANS|MPK|||20260312090000+0500||MDM^T02^MDM_T02|${controlId}|P|2.5.1`,
    'PID|1||MR-7001^^^MPK^MR||EVERYWOMAN^EVE||19620320|F',
    'TXA|1|CN|AP|20260312080000||20260312081000|||D-7^WRITER^WIM|||SCAN-1^TRANS|||||AU||AV',
    `OBX|1|ED|18842-5^Discharge summary^LN||^AP^PDF^Base64^`,
  ];
  return Buffer.concat([
    Buffer.from(lines.join('\r')),
    Buffer.from(document.toString('base64')),
    Buffer.from('||||||F\r'),
  ]);
}

interface Attachment {
  readonly contentType: string;
  readonly url: string;
  readonly size: number;
  readonly hash: string;
}

describe('a document of 50 MB', () => {
  const document = documentOf(megabytes * 1_000_000);
  let directory: string;
  let standalone: Standalone;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-e2e-'));
    standalone = await startStandalone(directory);
  }, startMs);
  afterAll(async () => {
    await standalone.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  const connect = () => MllpClient.connect(standalone.sandbox.mllp);
  const code = (answer: Uint8Array) => /\rMSA\|(\w\w)/.exec(Buffer.from(answer).toString('latin1'))?.[1];
  const anchored = (controlId: string) =>
    eventually(async () => {
      const rows: { eventId: string; state: string }[] = await standalone.get(`/messages?controlId=${controlId}`);
      expect(rows).toMatchObject([{ state: 'anchored' }]);
      return rows[0]?.eventId ?? '';
    });
  const attachment = async (): Promise<Attachment> => {
    const found: { entry: { resource: { content: { attachment: Attachment }[] } }[] } = await standalone.get(
      '/fhir/DocumentReference?identifier=SCAN-1',
    );
    const [content] = found.entry[0]?.resource.content ?? [];
    if (content === undefined) throw new Error('no content');
    return content.attachment;
  };
  const bytesOf = async (path: string, accept = '*/*') => {
    const response = await standalone.request(path, { role: 'clinician', headers: { accept } });
    expect(response.status).toBe(200);
    return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it('comes over MLLP while others are answered, and is read back byte by byte', async () => {
    const [large, small] = [await connect(), await connect()];
    const message = letter('BIG-1', document);
    const order: string[] = [];
    const answer = large.send(message, 80_000).finally(() => order.push('large'));
    for (let n = 0; !order.includes('large') && n < 50; n++) {
      expect(code(await small.send(adt({ controlId: `S-${n}`, number: `MR-8${n}` })))).toBe('AA');
      order.push('small');
    }
    expect(code(await answer)).toBe('AA');
    expect(order[0]).toBe('small');

    const eventId = await anchored('BIG-1');
    const { url, size, hash, contentType } = await attachment();
    expect({ size, contentType }).toEqual({ size: document.length, contentType: 'application/pdf' });
    expect(hash).toBe(createHash('sha1').update(document).digest('base64'));
    const read = await bytesOf(`/fhir/${url}`);
    expect([read.type, read.bytes.equals(document)]).toEqual(['application/pdf', true]);
    const evidence = join(directory, 'evidence.json');
    await writeFile(evidence, JSON.stringify(await standalone.get(`/evidence/${eventId}`)));
    const trust = ['--trust', join(directory, 'trust.json')];
    const proof = spawnSync(process.execPath, [verifyMain, evidence, ...trust], { encoding: 'utf8' });
    const documentDigest = createHash('sha256').update(document).digest('hex');
    expect(proof).toMatchObject({ status: 0, stdout: expect.stringContaining(documentDigest) });
    const received = await bytesOf(`/evidence/${eventId}/message`);
    expect(received.bytes.equals(message)).toBe(true);
    large.close();
    small.close();
  }, 120_000);

  it('is kept once, and is one Binary, when it is sent again with another message over HTTP', async () => {
    const { url } = await attachment();
    const kept = await readdir(join(directory, 'content'), { recursive: true });
    const response = await standalone.request('/hl7v2', {
      method: 'POST',
      role: 'admin',
      headers: { 'content-type': 'application/hl7-v2+er7' },
      body: new Uint8Array(letter('BIG-2', document)),
    });
    expect(code(new Uint8Array(await response.arrayBuffer()))).toBe('AA');
    await anchored('BIG-2');
    expect((await attachment()).url).toBe(url);
    expect(await readdir(join(directory, 'content'), { recursive: true })).toEqual(kept);
  }, 120_000);
});
