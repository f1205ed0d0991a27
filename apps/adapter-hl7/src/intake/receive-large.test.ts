import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { originalBytes } from '@anamnesis/content';
import { type DetachedPart, type Statement } from '@anamnesis/core';
import { messageOf } from '../../test/messages.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa, type Sender } from '../../test/sender.js';

const kibibyte = 1024;
/** Small ones, so that what is large here is not large for the machine. */
const limits = {
  DETACH_BYTES_MIN: String(64 * kibibyte),
  MLLP_FRAME_BYTES_MAX: String(1024 * kibibyte),
  CONTACT_RETRY_MS: '0',
};
let adapter: RunningAdapter;
let sender: Sender;

beforeEach(async () => {
  adapter = await RunningAdapter.start(limits);
  sender = await adapter.connect();
});
afterEach(() => adapter.dispose());

const base64 = (sizeBytes: number) => 'QUJD'.repeat(sizeBytes / 4);
const obx = (value: string, type = 'ED') => `OBX|1|${type}|18842-5^Discharge summary^LN||${value}||||||F`;
const letter = (controlId: string, ...lines: string[]) =>
  messageOf({ type: 'ORU^R01^ORU_R01', controlId, more: ['OBR|1||L1|18842-5^Summary^LN', ...lines] });
const documentOf = (sizeBytes: number) => obx(`^AP^PDF^Base64^${base64(sizeBytes)}`);
const code = async (text: string) => msa(await sender.ask(text)).code;

interface Kept {
  readonly body: string;
  readonly detached: readonly DetachedPart[];
  readonly statements: readonly Statement[];
  readonly original: string;
}

/** What is on the bus of the message last sent, and all of it again with what is in the content store. */
async function kept(): Promise<Kept> {
  const record = (await adapter.records('clinical.received')).at(-1);
  if (record === undefined) throw new Error('nothing is on the bus');
  const { header, body } = record;
  const { detached = [] } = header['raw'] as { detached?: readonly DetachedPart[] };
  const content = await RunningAdapter.content(adapter.directory, 'reader');
  const pieces: Uint8Array[] = [];
  for await (const piece of originalBytes(body, detached, (digest) => content.read(digest))) pieces.push(piece);
  const { statements } = header['resources'] as { statements: readonly Statement[] };
  const original = Buffer.concat(pieces).toString('latin1');
  return { body: Buffer.from(body).toString('latin1'), detached, statements, original };
}

const objects = async () =>
  (await readdir(join(adapter.directory, 'content'), { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  ).length;

describe('a large document', () => {
  it('is in the content store, and the rest of its message on the bus', async () => {
    const text = letter('L1', documentOf(96 * kibibyte));
    expect(await code(text)).toBe('AA');
    const { body, detached, original, statements } = await kept();
    expect(body).toBe(text.replace(base64(96 * kibibyte), ''));
    expect(detached).toMatchObject([{ sizeBytes: 96 * kibibyte, form: 'base64', document: { sizeBytes: 73_728 } }]);
    expect(original).toBe(text);
    const binary = statements.find(({ resourceType }) => resourceType === 'Binary');
    expect(binary?.slots).toMatchObject({ contentType: 'application/pdf' });
    const report = JSON.stringify(statements.find(({ resourceType }) => resourceType === 'DiagnosticReport'));
    expect(report).toContain(`"url":"Binary/${binary?.id}","size":73728`);
  });

  it('leaves no finding of an empty component, and an event of the id that its bytes have', async () => {
    await sender.ask(letter('L1', documentOf(96 * kibibyte)));
    const [whole] = await adapter.events();
    expect(whole?.resources.findings ?? []).not.toContainEqual(expect.objectContaining({ location: 'OBX-5.5' }));
    await adapter.stopAdapter();
    await adapter.open({ ...limits, DETACH_BYTES_MIN: String(1024 * kibibyte) });
    await (await adapter.connect()).ask(letter('L1', documentOf(96 * kibibyte)));
    const [first, second] = await adapter.events();
    expect([second?.id, second?.raw.detached]).toEqual([first?.id, undefined]);
  });

  it('stays in its message when it is small, and so does what is no value of OBX-5', async () => {
    const long = `NTE|1||${'n'.repeat(80 * kibibyte)}`;
    const text = letter('L2', documentOf(40 * kibibyte), obx('t'.repeat(80 * kibibyte), 'TX'), long);
    expect(await code(text)).toBe('AA');
    expect(await kept()).toMatchObject({ body: text, detached: [], original: text });
  });

  it('comes back as it was sent, however it is written', async () => {
    const size = 80 * kibibyte;
    const values: readonly (readonly [string, string, string | undefined, boolean])[] = [
      ['Hex', 'ab01'.repeat(size / 4), 'hex', true],
      ['Hex', 'AB01'.repeat(size / 4), 'hex-upper', true],
      ['Hex', 'aB01'.repeat(size / 4), 'as-sent', true],
      ['A', 'plain text '.repeat(size / 8), 'as-sent', true],
      ['A', 'lines\\.br\\and \\T\\ more '.repeat(size / 8), 'as-sent', true],
      ['Base64', `${base64(size)}\\.br\\`, 'as-sent', false],
      ['Base64', `${base64(size)} ${base64(size)}`, 'as-sent', true],
      ['Base64', `QQ==${base64(size)}`, 'as-sent', false],
    ];
    for (const [at, [encoding, value, form, isDocument]] of values.entries()) {
      const text = letter(`V${at}`, obx(`^TEXT^^${encoding}^${value}`));
      expect([encoding, await code(text)]).toEqual([encoding, 'AA']);
      const { original, detached } = await kept();
      expect(original === text).toBe(true);
      expect(detached.map((one) => [one.form, one.document !== undefined])).toEqual([[form, isDocument]]);
    }
  });

  it('is stored once, whoever sends it and however often', async () => {
    await sender.ask(letter('O1', documentOf(96 * kibibyte)));
    const before = await objects();
    await sender.ask(letter('O2', documentOf(96 * kibibyte), documentOf(96 * kibibyte)));
    expect((await kept()).detached).toHaveLength(2);
    expect(await objects()).toBe(before);
  });

  it('is durable before its event is on the bus', async () => {
    let stored = 0;
    adapter.bus.afterPublish = async (topic) => {
      if (topic === 'clinical.received') stored = await objects();
    };
    const before = await objects();
    expect(await code(letter('D1', documentOf(96 * kibibyte)))).toBe('AA');
    expect(stored).toBe(before + 1);
  });

  it('that finds no room is answered as any message on a full disk, and taken when there is room again', async () => {
    adapter.isContentFull = true;
    const text = letter('F1', documentOf(96 * kibibyte));
    const answer = await sender.ask(text);
    expect(msa(answer).code).toBe('AR');
    expect(answer).toContain('207');
    expect(await adapter.events()).toEqual([]);
    adapter.isContentFull = false;
    expect(await code(text)).toBe('AA');
    expect([await adapter.metric('mllp_detach_failures_total'), await adapter.metric('mllp_detached_total')]).toEqual([
      1, 1,
    ]);
  });

  it('half written by a run that was killed is gone after the next start', async () => {
    const temporary = join(adapter.directory, 'content', 'tmp');
    await writeFile(join(temporary, 'half'), 'half an object');
    await adapter.stopAdapter();
    await adapter.open(limits);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('of any other type is taken out where the message could not travel with it', async () => {
    const text = letter('T1', obx('t'.repeat(1_200_000), 'TX'));
    expect(await code(text)).toBe('AA');
    const { original, detached } = await kept();
    expect(original === text).toBe(true);
    expect(detached).toMatchObject([{ sizeBytes: 1_200_000, form: 'as-sent' }]);
  });

  it('is refused where even so too much is left', async () => {
    const answer = await sender.ask(letter('N1', `NTE|1||${'n'.repeat(1_200_000)}`));
    expect([msa(answer).code, answer.includes('207')]).toEqual(['AE', true]);
    expect(await code(messageOf({ controlId: 'N2' }))).toBe('AA');
  });

  it('is one of many, and memory stays bounded', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => adapter.connect()));
    const before = process.memoryUsage().rss;
    const text = (n: number) => letter(`M${n}`, documentOf(12_000_000));
    for (const [n, one] of all.entries()) one.send(text(n));
    for (const one of all) expect(msa((await one.answered(1))[0] ?? '').code).toBe('AA');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
    expect(await adapter.metric('mllp_held_bytes')).toBeLessThan(100 * 1024 * 1024);
  });
});
