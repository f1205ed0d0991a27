import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { Unavailable } from '@anamnesis/core';
import { startKafka } from '../../../../deploy/stack/kafka.mjs';
import { provided } from '../../../../deploy/stack/provided.js';
import type { BusRecord, EventBus } from '../event-bus.js';
import { ForeignTopicsError } from '../foreign-topics.js';
import { openEventBus } from '../open-event-bus.js';
import { provisionKafka } from '../provision-kafka.js';
import { readForeignTopics } from '../read-foreign-topics.js';
import type { Topic } from '../topics.js';
import { ClusterAdmin } from './cluster-admin.js';
import type { KafkaBusOptions, KafkaConnection } from './kafka-options.js';
import { deadTopicsOf, identities, serviceNames } from './provision/identities.js';
import { testOptions } from './testing/test-cluster.js';

const directory = await mkdtemp(join(tmpdir(), 'anamnesis-identities-'));
const password = 'for-this-test-only';
const users = { 'ledger-writer': password };
const kafka = await provided(() => startKafka({ directory, isTls: true, users }));

afterAll(async () => {
  await kafka?.killAll();
  await rm(directory, { recursive: true });
});

const record: BusRecord = { key: 'key', header: {}, body: new Uint8Array(1) };
const identityTestMs = 60_000;

(kafka ? describe : describe.skip)('Kafka identities', () => {
  const cluster = kafka as NonNullable<typeof kafka>;
  const base = testOptions({ brokers: cluster.brokers });
  const ca = readFileSync(cluster.caFile ?? '', 'utf8');
  const buses: EventBus[] = [];
  let asAdmin: KafkaBusOptions;

  const as = async (name: string): Promise<KafkaBusOptions> => {
    const { certFile, keyFile } = await cluster.issueCertificate(name);
    const tls = { ca, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    return { ...base, clientId: name, tls };
  };
  const open = async (options: KafkaBusOptions): Promise<EventBus> => {
    const bus = await openEventBus({ backend: 'kafka', ...options });
    buses.push(bus);
    return bus;
  };

  beforeAll(async () => {
    asAdmin = await as('admin');
    const { acls, created } = await provisionKafka({ ...asAdmin, acls: {} });
    expect([acls, created.length].every((count) => count > 0)).toBe(true);
  }, identityTestMs);
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  it.each(serviceNames)('lets %s do what its part is, and no more', async (service) => {
    const bus = await open(await as(service));
    const { writes, reads } = identities[service];
    const mayWrite = new Set<Topic>(writes);
    const all: readonly Topic[] = ['clinical.received', 'clinical.certified', 'clinical.anchored', 'registry.changed'];
    for (const topic of writes) await bus.publish(topic, [record]);
    for (const topic of all.filter((one) => !mayWrite.has(one))) {
      const publishing = bus.publish(topic, [record]);
      await expect(publishing).rejects.toThrow(Unavailable);
      await expect(publishing).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
    }
    for (const { topic, from } of reads) {
      const refuseAll = (records: Parameters<Parameters<EventBus['consume']>[0]['handle']>[0]) =>
        Promise.resolve(records.map((one) => ({ record: one, code: 'invalid-event' as const, reason: 'why' })));
      const consumer = await bus.consume({ topic, from, group: service, handle: refuseAll });
      await consumer.caughtUp;
      await consumer.stop();
      await bus.lag(topic, service);
    }
    const [first] = deadTopicsOf(service);
    if (first === undefined) throw new Error('reads nothing');
    const retrying = await bus.consume({ topic: first, group: service, handle: () => Promise.resolve([]) });
    await retrying.caughtUp;
    await retrying.stop();
  });

  it('does not let an adapter certify or anchor', async () => {
    const bus = await open(await as('adapter-hl7'));
    for (const topic of ['clinical.certified', 'clinical.anchored'] as const)
      await expect(bus.publish(topic, [record])).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
  });

  it(
    'does not let a service read for another group, or what is not its own to read',
    async () => {
      const bus = await open(await as('ledger-writer'));
      const handle = () => Promise.resolve([]);
      await expect(bus.consume({ topic: 'clinical.certified', group: 'query', handle })).rejects.toThrow(Unavailable);
      await expect(bus.lag('clinical.certified', 'query')).rejects.toThrow(Unavailable);
    },
    identityTestMs,
  );

  it(
    'knows nobody without a certificate, nor one of another authority, nor in plain text',
    async () => {
      await expect(open({ ...base, tls: { ca } })).rejects.toThrow(Unavailable);
      await expect(open(base)).rejects.toThrow(Unavailable);
      const { cert = '', key = '' } = asAdmin.tls ?? {};
      await expect(open({ ...base, tls: { ca: cert, cert, key } })).rejects.toThrow(Unavailable);
    },
    identityTestMs,
  );

  it(
    'knows a service by its password where it has no certificate',
    async () => {
      const withPassword = (secret: string): KafkaBusOptions => ({
        ...base,
        brokers: cluster.passwordBrokers ?? [],
        tls: { ca },
        sasl: { username: 'ledger-writer', password: secret },
      });
      const bus = await open(withPassword(password));
      await bus.publish('clinical.anchored', [record]);
      await expect(bus.publish('clinical.certified', [record])).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
      await expect(open(withPassword('another'))).rejects.toThrow(Unavailable);
    },
    identityTestMs,
  );

  it(
    'lets foreign topics be read by whom they let, without a group, and tells others why not',
    async () => {
      const name = `${base.topicPrefix ?? ''}clinical.received`;
      const read = async (connection: KafkaConnection, topic = name): Promise<string> => {
        const stopping = new AbortController();
        const ended = readForeignTopics({
          ...{ connection, topics: [topic], from: {}, signal: stopping.signal },
          handle: () => Promise.resolve(),
          waiting: () => {
            stopping.abort();
          },
        });
        return ended.then(
          () => 'read',
          (error: unknown) => (error instanceof ForeignTopicsError ? error.fault : 'a defect'),
        );
      };
      const withPassword = (secret: string): KafkaConnection => ({
        ...{ clientId: 'foreign', brokers: cluster.passwordBrokers ?? [], tls: { ca } },
        sasl: { username: 'ledger-writer', password: secret },
      });
      const { cert = '', key = '' } = asAdmin.tls ?? {};
      expect(await read(asAdmin)).toBe('read');
      expect(await read(withPassword('another'))).toBe('not-authenticated');
      expect(await read(withPassword(password))).toBe('not-authorised');
      expect(await read({ ...asAdmin, tls: { ca: cert, cert, key } })).toBe('certificate-refused');
      expect(await read({ ...base, tls: { ca } })).toBe('certificate-refused');
    },
    identityTestMs,
  );

  it(
    'says so when a consumer loses its right to read, and does not stay deaf',
    async () => {
      const bus = await open(await as('adapter-db'));
      const handle = () => Promise.resolve([]);
      const consumer = await bus.consume({ topic: 'registry.changed', group: 'adapter-db', from: 'start', handle });
      await consumer.caughtUp;
      const admin = new ClusterAdmin(asAdmin);
      const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
      await admin.ask('rights', (asked) =>
        asked.deleteAcls({
          filters: [
            {
              resourceType: AclResourceTypes.TOPIC,
              resourceName: `${base.topicPrefix ?? ''}registry.changed`,
              resourcePatternType: ResourcePatternTypes.LITERAL,
              principal: 'User:adapter-db',
              operation: AclOperationTypes.READ,
              permissionType: AclPermissionTypes.ALLOW,
            },
          ],
        }),
      );
      await expect(consumer.done).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
      await admin.close();
    },
    identityTestMs,
  );
});
