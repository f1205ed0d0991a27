import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { EventBus } from '@anamnesis/bus';
import { registryKey } from '@anamnesis/core';
import { BusTransport, createApp, EVENT_BUS, Listeners, readSettings } from '@anamnesis/runtime';
import { messageOf } from '../test/messages.js';
import { sourceOf } from '../test/registration-double.js';
import { Sender } from '../test/sender.js';
import { AdapterHl7Module } from './adapter-hl7.module.js';
import { AdapterHl7Settings } from './config.js';

it('starts in Nest, knows the registry from its start, listens and stops', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-module-'));
  const environment = {
    DATA_DIR: directory,
    MLLP_PORT: '0',
    HTTP_PORT: '0',
    DEPLOYMENT_KEY_FILE: join(directory, 'deployment.key'),
    KEK_FILE: join(directory, 'kek.key'),
    TOKENS_FILE: join(directory, 'tokens.json'),
  };
  const secret = () => randomBytes(32).toString('hex');
  await writeFile(environment.DEPLOYMENT_KEY_FILE, secret());
  await writeFile(environment.KEK_FILE, secret());
  await writeFile(environment.TOKENS_FILE, JSON.stringify({ admin: secret(), clinician: secret() }));
  const settings = readSettings(AdapterHl7Settings, environment);
  const modules = [AdapterHl7Module.fromEnvironment(environment)];
  const app = await createApp({ name: 'adapter-hl7', settings, modules }, false);
  const source = sourceOf({ facility: 'HYD', application: 'REG' }, { state: 'suspended' });
  const bus = app.get<EventBus>(EVENT_BUS);
  await bus.publish('registry.changed', [{ key: registryKey(source), header: { ...source }, body: new Uint8Array(0) }]);
  const transport = app.get(BusTransport);
  app.connectMicroservice<MicroserviceOptions>({ strategy: transport }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
  await transport.caughtUp();
  const listeners = app.get(Listeners);
  await listeners.start();
  const sender = await Sender.connect(listeners.address('mllp')?.port ?? 0);
  expect(await sender.ask(messageOf())).toContain('the sender is suspended');
  expect(await sender.ask(messageOf({ sender: 'LIS|LABHYD' }))).toContain('registration does not answer');
  await listeners.stop();
  await sender.closed();
  await app.close();
  await rm(directory, { recursive: true });
});

it('refuses a wrong setting by name', () => {
  expect(() => AdapterHl7Module.fromEnvironment({ MLLP_PORT: '70000' })).toThrow('MLLP_PORT');
  expect(() => AdapterHl7Module.fromEnvironment({ MLLP_FRAME_BYTES_MAX: '100000000' })).toThrow('MLLP_FRAME_BYTES_MAX');
  expect(() => AdapterHl7Module.fromEnvironment({ MLLP_TLS_PORT: '0', MLLP_TLS_CERT_FILE: 'x' })).toThrow(
    'MLLP_TLS_PORT needs MLLP_TLS_KEY_FILE, MLLP_TLS_CLIENT_CA_FILE',
  );
});
