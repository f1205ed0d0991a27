import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readMessages, splitMessages } from './split-messages.js';

const message = (id: string) => `MSH|^~\\&|A|B|||2026||ADT^A08|${id}|P|2.5\rPID|1||7\r`;
let directory: string;

/** What cannot be collected; the size of the process says more about the collector than about the reader. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-split-'));
});
afterEach(() => rm(directory, { recursive: true }));

it.each([
  ['one', message('1'), [message('1')]],
  ['several', `${message('1')}${message('2')}`, [message('1'), message('2')]],
  ['lines that end otherwise', message('1').replaceAll('\r', '\r\n\n'), [message('1')]],
  ['a last line without end', message('1').slice(0, -1), [message('1')]],
  [
    'a mark, blocks and batch segments',
    `\uFEFFBHS|^~\\&\n\u000b${message('1')}\u001c\r\u000b${message('2')}\u001c\rBTS|2`,
    [message('1'), message('2')],
  ],
  ['nothing', 'hello', []],
])('takes the messages out of %s, from memory and from a file alike', async (_, text, expected) => {
  const path = join(directory, 'file.hl7');
  await writeFile(path, text);
  const read: Uint8Array[] = [];
  for await (const one of readMessages(path)) read.push(one);
  for (const all of [splitMessages(Buffer.from(text)), read])
    expect(all.map((one) => Buffer.from(one).toString())).toEqual(expected);
});

it('reads a large file with flat memory, and says how far it is', async () => {
  const path = join(directory, 'large.hl7');
  const file = createWriteStream(path);
  const long = message(`1|${'NOTE '.repeat(400)}`);
  const block = Buffer.from(long.repeat(2_000));
  for (let n = 0; n < 25; n++) if (!file.write(block)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
  const before = heldBytes();
  let [count, most, readBytes, messageBytes] = [0, 0, 0, 0];
  for await (const one of readMessages(path, (bytes) => (readBytes = bytes))) {
    messageBytes += one.length;
    if (++count % 10_000 === 0) most = Math.max(most, heldBytes());
  }
  expect(count).toBe(2_000 * 25);
  expect(messageBytes).toBe(readBytes);
  expect(readBytes).toBe(block.length * 25);
  expect(most - before).toBeLessThan(readBytes / 5);
}, 240_000);
