import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type EventBus, openEventBus } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { EVENT_BUS } from '../bus/tokens.js';
import { RegistrationClient } from '../registration-client.js';
import { Keys } from '../settings/keys.js';
import { AppThread } from './app-thread.js';
import { Calls } from './calls.js';
import { Listeners } from './listeners.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** A thread that does as `onMessage` says, with `message` and `say` in scope. */
const thread = (onMessage: string): Worker =>
  new Worker(
    new URL(
      `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const say = (message) => parentPort.postMessage(message);
    parentPort.on('message', (message) => { ${onMessage} });`)}`,
    ),
  );

const obedient = `
  if (message.kind === 'join') say({ kind: 'unready', reasons: ['starting', 'catching up'] });
  if (message.kind === 'listen') {
    say({ kind: 'unready', reasons: [] });
    say({ kind: 'listening', addresses: { mllp: { host: message.baseUrl, port: 1 } } });
  }
  if (message.kind === 'metrics') {
    say({ kind: 'unready', reasons: ['defects'] });
    say({ kind: 'metrics', id: message.id, text: 'anamnesis_thread 1\\n' });
  }
  if (message.kind === 'stop') process.exit(0);`;

describe('AppThread', () => {
  let directory: string;
  let bus: EventBus;
  let app: INestApplication;
  let broken: unknown[];
  let onBroken: (error: unknown) => void;

  beforeEach(async () => {
    broken = [];
    onBroken = (error) => broken.push(error);
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-thread-'));
    bus = await openEventBus({ backend: 'embedded', directory, report: () => undefined });
    const providers = [
      { provide: EVENT_BUS, useValue: bus },
      { provide: Keys, useValue: Keys.of(new Uint8Array(32), new Uint8Array(32)) },
      { provide: Metrics, useFactory: () => new Metrics() },
      RegistrationClient,
      Readiness,
      Listeners,
      Calls,
    ];
    const testing = await Test.createTestingModule({ providers }).compile();
    app = testing.createNestApplication({ logger: false });
    app.get(RegistrationClient).baseUrl = 'http://main';
    app.get(Readiness).unblock('starting');
  });
  afterEach(async () => {
    await app.close();
    await bus.close();
    await rm(directory, { recursive: true });
  });

  it('makes listeners, metrics and readiness of the thread those of the process, and stops with it', async () => {
    new AppThread({ name: 'part', worker: thread(obedient) }, onBroken).join(app);
    const readiness = app.get(Readiness);
    const listeners = app.get(Listeners);
    expect(readiness.reasons).toEqual(['part: starting']);
    await listeners.start();
    expect(listeners.address('mllp')).toEqual({ host: 'http://main', port: 1 });
    expect(readiness.reasons).toEqual([]);
    const text = await app.get(Metrics).text();
    expect(text.match(/^process_cpu_seconds_total /gm)).toHaveLength(1);
    expect(text).toMatch(/^anamnesis_thread 1$/m);
    expect(readiness.reasons).toEqual(['part: defects']);
    await listeners.stop();
    expect(broken).toEqual([]);
  });

  it('hands calls that nobody answers here to the thread, and tells who asked when it does not answer', async () => {
    const answering = `
      if (message.kind === 'ask' && message.name === 'double')
        say({ kind: 'answer', id: message.id, answer: message.request.bytes.map((one) => 2 * one) });
      if (message.kind === 'ask' && message.name === 'fail') say({ kind: 'unanswered', id: message.id });
      if (message.kind === 'ask' && message.name === 'never') process.exit(5);`;
    const calls = app.get(Calls);
    await expect(calls.ask('double', {})).rejects.toThrow(Unavailable);
    new AppThread({ name: 'part', worker: thread(answering) }, onBroken).join(app);
    calls.answer('here', (request) => Promise.resolve(request));
    expect(await calls.ask('here', 1)).toBe(1);
    expect(await calls.ask('double', { bytes: Uint8Array.of(1, 2) })).toEqual(Uint8Array.of(2, 4));
    await expect(calls.ask('fail', {})).rejects.toThrow(Unavailable);
    await expect(calls.ask('never', {})).rejects.toThrow(Unavailable);
  });

  it('tells of a thread that throws, and of one that ends by itself', async () => {
    for (const fault of [`throw new RangeError('of the thread')`, 'process.exit(3)']) {
      const told = new Promise<unknown>((resolve) => (onBroken = resolve));
      new AppThread({ name: 'part', worker: thread(fault) }, onBroken).join(app);
      await expect(told).resolves.toMatchObject({ message: expect.stringMatching(/of the thread|part ended with 3/) });
    }
  });

  it('fails the drain when the thread does not end well', async () => {
    new AppThread({ name: 'part', worker: thread(`if (message.kind === 'stop') process.exit(4)`) }, onBroken).join(app);
    await expect(app.get(Listeners).stop()).rejects.toThrow('part ended with 4 while it drained');
  });
});
