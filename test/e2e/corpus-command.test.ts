import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { adt } from '../fixtures/messages.js';
import { type Standalone, startStandalone } from '../standalone.js';

const command = 'dist/product/corpus.js';
let directory: string;
let product: Standalone | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-corpus-command-'));
});
afterEach(async () => {
  await product?.end('SIGKILL');
  await rm(directory, { recursive: true });
});

function corpus(folder: string): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'], DATA_DIR: join(directory, 'data') };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, folder], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` });
    });
  });
}

/** Numbers of one row, by the heads of the table. */
function rowOf(output: string, source: string): Record<string, number> {
  const lines = output.split('\n').map((line) => line.split(/\s+/));
  const heads = lines.find(([first]) => first === 'source') ?? [];
  const row = lines.find(([first]) => first === source) ?? [];
  return Object.fromEntries(heads.slice(1).map((head, at) => [head, Number(row[at + 1])]));
}

it('sends a folder through the listener and says by source what came of it', async () => {
  const folder = join(directory, 'messages');
  const good = (controlId: string) => adt({ controlId, number: '7' });
  await mkdir(join(folder, 'first'), { recursive: true });
  await mkdir(join(folder, 'second'));
  await writeFile(join(folder, 'first', 'a.hl7'), Buffer.concat([good('1'), good('2')].map((one) => Buffer.from(one))));
  await writeFile(join(folder, 'first', 'notes.md'), 'no message');
  const head = 'MSH|^~\\&|ADT|MPK|||20260101000000+0000||';
  const silent = `${head}ZZZ^Z01|3|P|2.5|||NE|NE\r`;
  await writeFile(join(folder, 'second', 'b.hl7'), `${silent}${head}ZZZ^Z01|4|P|2.5\r${head}ADT^A08|5|P|9\r`);
  product = await startStandalone(join(directory, 'data'));
  const { code, output } = await corpus(folder);
  expect(rowOf(output, 'first')).toMatchObject({ sent: 2, AA: 2, mapped: 2, kept: 0 });
  expect(rowOf(output, 'second')).toMatchObject({ sent: 3, AA: 1, AR: 1, none: 1, kept: 1 });
  expect(rowOf(output, 'all')).toMatchObject({ sent: 5, AA: 3, AR: 1, none: 1, undecodable: 0 });
  expect(output).toContain('1  AR 203 MSH-12 Version ID is not a version');
  expect(output).toMatch(/5 messages in [\d.]+ s; at most [1-9]\d* MiB/);
  expect({ code, end: output.trim().split('\n').at(-1) }).toEqual({ code: 0, end: 'every rule holds' });
}, 120_000);

it('says with exit status 2 that no product runs there', async () => {
  expect(await corpus(directory)).toMatchObject({ code: 2, output: expect.stringContaining('is the product running') });
});
