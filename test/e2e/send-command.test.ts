import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { encodeFrame } from '@anamnesis/hl7v2';
import { adt } from '../fixtures/messages.js';

const command = 'dist/product/send.js';
let directory: string;
let server: Server;
/** MSA-2 of the answers, in their order. */
let answered: string[];
let connections: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-send-command-'));
  connections = 0;
  server = createServer((socket) => {
    connections++;
    socket.on('data', () => {
      answer(socket, answered.shift() ?? '');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

function answer(socket: Socket, controlId: string): void {
  socket.write(encodeFrame(Buffer.from(`MSH|^~\\&|HUB|HUB|||2026||ACK|A|P|2.5.1\rMSA|AA|${controlId}\r`)));
}

async function send(...controlIds: readonly string[]): Promise<{ code: number; lines: readonly string[] }> {
  const file = join(directory, 'messages.hl7');
  await writeFile(file, Buffer.concat(controlIds.map((controlId) => Buffer.from(adt({ controlId })))));
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve) => {
    execFile(process.execPath, [command, file, '--to', `127.0.0.1:${port}`], (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), lines: stdout.trim().split('\n') });
    });
  });
}

it('counts an answer to another message as a failure, and goes on over a new connection', async () => {
  answered = ['M-1', 'M-1', 'M-3'];
  const { code, lines } = await send('M-1', 'M-2', 'M-3');
  expect(lines.map((line) => line.split('  <- ')[0])).toEqual(['AA', 'another: AA to M-1', 'AA', 'AA 2, another 1']);
  expect(code).toBe(1);
  expect(connections).toBe(2);
});

it('is content when each message has its own answer', async () => {
  answered = ['M-1', 'M-2'];
  expect(await send('M-1', 'M-2')).toMatchObject({ code: 0, lines: { 2: 'AA 2' } });
  expect(connections).toBe(1);
});
