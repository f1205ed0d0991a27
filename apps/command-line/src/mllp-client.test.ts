import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { encodeFrame } from '@anamnesis/hl7v2';
import { MllpClient } from './mllp-client.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString().trim();
const framed = (message: string) => encodeFrame(Buffer.from(message));
let server: Server;
let client: MllpClient;

/** Answers each chunk with these frames, in one piece. */
async function start(...answers: readonly string[]): Promise<void> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(Buffer.concat(answers.map(framed))));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = await MllpClient.connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
}

beforeEach(() => start('one', 'two'));
afterEach(() => {
  client.close();
  server.close();
});

it('keeps an answer that comes with the one before until it is asked for', async () => {
  expect(text(await client.send(Buffer.from('message')))).toBe('one');
  expect(text(await client.next())).toBe('two');
});

it('does not take it for the answer to the next message', async () => {
  await client.send(Buffer.from('message'));
  expect(text(await client.send(Buffer.from('message')))).toBe('one');
});

it('ends at the deadline', async () => {
  await expect(client.next(20)).rejects.toThrow('no answer in 20 ms');
  await expect(client.send(Buffer.from('message'))).rejects.toThrow('no answer');
});
