import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FrameDecoder } from '@anamnesis/hl7v2';
import { messageOf } from './messages.js';
import { RunningAdapter } from './running-adapter.js';
import { framed, type Sender } from './sender.js';
import { until } from './until.js';

const directory = process.env['CORPUS_DIR'] ?? '../shared/corpus';
const folders = ['hl7v2', 'v2-to-fhir'].map((name) => join(directory, name));
let adapter: RunningAdapter;

beforeAll(async () => {
  adapter = await RunningAdapter.start({ UNKNOWN_SENDERS_MAX: '100000' });
});
afterAll(() => adapter.dispose());

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => one.isFile() && one.name.endsWith('.hl7'))
    .map((one) => join(one.parentPath, one.name));
}

/** Bytes of a file as latin1 text: the messages in it, each from a line that begins with MSH to the next. */
function messagesOf(file: Buffer): readonly Buffer[] {
  const text = file.toString('latin1');
  const starts = [...text.matchAll(/(?:^|[\r\n]|\u00ef\u00bb\u00bf)MSH/g)].map(
    ({ index, 0: found }) => index + found.length - 3,
  );
  if (starts.length === 0) return [file];
  return starts.map((start, n) => file.subarray(start, starts[n + 1] ?? file.length));
}

/** MSH-10, MSH-15 and MSH-16 as they stand in the bytes. */
function mshOf(bytes: Uint8Array): { controlId: string; accept: string; application: string } | undefined {
  const [line = ''] = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .replace(/^[ \t\r\n]+/, '')
    .split(/[\r\n]/);
  if (!line.startsWith('MSH')) return undefined;
  const fields = line.split(line.charAt(3));
  return { controlId: fields[9] ?? '', accept: fields[14] ?? '', application: fields[15] ?? '' };
}

function answerIn(bytes: Uint8Array): { code: string; controlId: string } {
  const text = Buffer.from(bytes).toString('latin1');
  const separator = text.charAt(3);
  const [, code = '', controlId = ''] = (text.split('\r').find((line) => line.startsWith('MSA')) ?? '').split(
    separator,
  );
  return { code, controlId };
}

/** Whether an answer may, must or must not come on this socket (A2). */
function isAnswered(said: { accept: string; application: string } | undefined): boolean | undefined {
  if (said === undefined) return true;
  const { accept, application } = said;
  if (accept === '' && application === '') return true;
  if (accept === '' || accept === 'NE') return false;
  return accept === 'ER' || accept === 'SU' ? undefined : true;
}

/** A file whose messages could not be told apart, for none of its lines begins with MSH. */
function isBatch(bytes: Uint8Array): boolean {
  return /^\s*[FB]HS/.test(Buffer.from(bytes.subarray(0, 16)).toString('latin1'));
}

/** Whether these are the answers to this message; the sender's framing may make several blocks of it. */
function problemOf(message: Buffer, answers: readonly Uint8Array[]): string | undefined {
  if (isBatch(message)) return answers.length === 1 && answers.every(isBatch) ? undefined : 'not answered by a batch';
  const blocks = new FrameDecoder({ frameBytesMax: 1 << 24 }).push(framed(message));
  const said = blocks.flatMap((one) => (one.kind === 'frame' ? [mshOf(one.bytes)] : []));
  const must = said.filter((one) => isAnswered(one) === true).length;
  const may = said.filter((one) => isAnswered(one) !== false).length;
  if (answers.length < must || answers.length > may) return `${answers.length} answers to ${said.length} blocks`;
  const ids = said.map((one) => one?.controlId.trim() ?? '');
  const strange = answers.map((one) => answerIn(one).controlId.trim()).find((one) => !ids.includes(one));
  return strange === undefined ? undefined : `answer to ${JSON.stringify(strange)}, sent ${JSON.stringify(ids)}`;
}

async function exchange(sender: Sender, message: Buffer, fenceId: string): Promise<readonly Uint8Array[]> {
  const from = sender.answerBytes.length;
  sender.send(message, messageOf({ controlId: fenceId }));
  await until(() => sender.isClosed || sender.answers.at(-1)?.includes(`|${fenceId}`) === true);
  return sender.answerBytes.slice(from, -1);
}

it('gives each message of the corpus one answer, or none where the sender wants none, with its control id', async () => {
  if (!folders.every((one) => existsSync(one))) {
    console.warn(`SKIPPED: no corpus in ${directory} (CORPUS_DIR)`);
    return;
  }
  const sender = await adapter.connect();
  const wrong: string[] = [];
  let sent = 0;
  for (const file of (await Promise.all(folders.map(filesIn))).flat())
    for (const message of messagesOf(await readFile(file))) {
      const answers = await exchange(sender, message, `FENCE${++sent}`);
      const problem = problemOf(message, answers);
      if (problem !== undefined) wrong.push(`${file}: ${problem}`);
    }
  const metrics = await adapter.metrics.registry.getMetricsAsJSON();
  const answers = metrics.find(({ name }) => name === 'anamnesis_mllp_messages_total')?.values ?? [];
  console.info(
    `${sent} messages: ${answers.map(({ labels, value }) => `${Object.values(labels).join(' ')} ${value}`).join(', ')}`,
  );
  expect(wrong).toEqual([]);
  expect(await adapter.metric('mllp_defects_total')).toBe(0);
  expect(sent).toBeGreaterThan(3000);
}, 300_000);
