import { readFileSync } from 'node:fs';
import kafkajs from 'kafkajs';

const probeTopic = 'stack-ready';
const requestMs = 3_000;

/** Throws unless all `count` brokers are there and a topic replicated to every one of them can be made. */
export async function probeCluster(addresses, { count, tls }) {
  await withAdmin(addresses, tls, async (admin) => {
    await expectBrokers(admin, count);
    const topic = { topic: probeTopic, numPartitions: 1, replicationFactor: count };
    await admin.createTopics({ topics: [topic], timeout: requestMs });
    await admin.deleteTopics({ topics: [probeTopic], timeout: requestMs });
  });
}

/** Throws unless that one broker takes part again. */
export async function probeBroker(address, { tls }) {
  const port = Number(address.split(':')[1]);
  await withAdmin([address], tls, async (admin) => {
    const { brokers } = await admin.describeCluster(); // only live ones appear
    if (!brokers.some((broker) => broker.port === port)) throw new Error(`${address} is not in the cluster yet`);
  });
}

async function expectBrokers(admin, count) {
  const { brokers } = await admin.describeCluster();
  if (brokers.length < count) throw new Error(`${brokers.length} of ${count} brokers`);
}

async function withAdmin(brokers, tls, work) {
  const { Kafka, logLevel } = kafkajs;
  const pem = (file) => readFileSync(file, 'utf8');
  const ssl = tls && { ca: [pem(tls.caFile)], cert: pem(tls.certFile), key: pem(tls.keyFile) };
  const admin = new Kafka({
    clientId: 'stack',
    brokers,
    ...(ssl === undefined ? {} : { ssl }),
    logLevel: logLevel.NOTHING,
    connectionTimeout: requestMs,
    requestTimeout: requestMs,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}
