import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import kafkajs, { type KafkaConfig } from 'kafkajs';
import { type Certificate, startKafka } from './kafka.mjs';
import { provided } from './provided.js';

const { Kafka, logLevel } = kafkajs;
const startMs = 120_000; // a JVM or two on a busy machine

const directory = await mkdtemp(join(tmpdir(), 'anamnesis-kafka-'));
const password = 'for-this-test-only';
const kafka = await provided(() => startKafka({ directory, isTls: true, users: { registration: password } }));

afterAll(async () => {
  await kafka?.killAll();
  await rm(directory, { recursive: true });
});

(kafka === undefined ? describe.skip : describe)('startKafka', () => {
  const cluster = kafka as NonNullable<typeof kafka>;
  const client = (config: Omit<KafkaConfig, 'brokers' | 'logLevel'>, brokers = cluster.brokers) =>
    new Kafka({ ...config, brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const ca = () => [readFileSync(cluster.caFile ?? '', 'utf8')];
  const tlsOf = ({ certFile, keyFile }: Certificate) => ({
    ca: ca(),
    cert: readFileSync(certFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
  });
  const topicsSeenBy = async (config: Omit<KafkaConfig, 'brokers' | 'logLevel'>, brokers = cluster.brokers) => {
    const admin = client(config, brokers).admin();
    try {
      await admin.connect();
      return await admin.listTopics();
    } finally {
      await admin.disconnect();
    }
  };

  it(
    'gives a killed broker its topics back when it is started again',
    async () => {
      const ssl = tlsOf(await cluster.issueCertificate('admin'));
      const admin = client({ ssl }).admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 2 }] });
      await admin.disconnect();
      const [before] = cluster.pids();
      await cluster.kill(1);
      expect(cluster.pids()).toEqual([undefined]);
      await cluster.start(1);
      expect(cluster.pids()).not.toEqual([before]);
      expect(await topicsSeenBy({ ssl })).toContain('kept');
    },
    startMs,
  );

  it('shows nothing to an identity without rights, and lets nobody in without one', async () => {
    const ssl = tlsOf(await cluster.issueCertificate('adapter-hl7'));
    expect(await topicsSeenBy({ ssl })).toEqual([]);
    await expect(topicsSeenBy({ ssl: { ca: ca() } })).rejects.toThrow();
    await expect(topicsSeenBy({})).rejects.toThrow();
  });

  it('knows an identity by name and password on a listener of its own', async () => {
    // A fresh object each: kafkajs writes what it derived from the first password into it.
    const topicsWith = (secret: string) =>
      topicsSeenBy(
        { ssl: { ca: ca() }, sasl: { mechanism: 'scram-sha-512', username: 'registration', password: secret } },
        cluster.passwordBrokers,
      );
    expect(await topicsWith(password)).toEqual([]);
    await expect(topicsWith('another')).rejects.toThrow(/authentication failed/i);
  });
});
