import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';

const servedMs = 20_000;

/** Writes topics as another system would, for tests of what reads them. */
export async function openForeignTopics(brokers) {
  const { Kafka, logLevel } = kafkajs;
  const kafka = new Kafka({ clientId: 'foreign', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: () => () => 0 });
  await Promise.all([admin.connect(), producer.connect()]);
  return {
    create: async (topic, { partitions = 1, config = {} } = {}) => {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      const wanted = { topic, numPartitions: partitions, replicationFactor: 1, configEntries };
      await admin.createTopics({ waitForLeaders: false, topics: [wanted] });
      await untilServed(admin, topic);
    },
    write: async (topic, messages, compression = 0) => {
      await producer.send({ topic, acks: -1, compression, messages: messages.map((one) => ({ key: null, ...one })) });
    },
    purge: async (topic, offset) => {
      // kafkajs knows the leaders of topics that it was asked about, and asks nobody here.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    },
    list: async (part) => (await admin.listTopics()).filter((topic) => topic.includes(part)),
    remove: (topics) => admin.deleteTopics({ topics: [...topics] }),
    close: async () => {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}

/** A busy broker hears of a topic a moment after the controller has made it, which kafkajs's own wait takes for a failure. */
async function untilServed(admin, topic) {
  const lastAt = performance.now() + servedMs;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      if (topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)))
        return;
    } catch (problem) {
      if (performance.now() > lastAt) throw problem;
    }
    if (performance.now() > lastAt) throw new Error(`${topic} has no leader after ${servedMs / 1000} s`);
    await sleep(50);
  }
}
