import { randomBytes } from 'node:crypto';
import { databases } from '../databases.js';
import { kafkaSettings, type ServiceSettings } from './services.js';

/**
 * On the services of the test run: topics and a database of one's own. Undefined where there are none, which is said in
 * capitals and is a failure under CI.
 */
export async function sharedServices(): Promise<ServiceSettings | undefined> {
  const { TEST_KAFKA_BROKERS, TEST_REDIS_URL } = process.env;
  const databaseUrl = await databases.find(({ name }) => name !== 'SQLite')?.fresh();
  if (TEST_KAFKA_BROKERS === undefined || TEST_REDIS_URL === undefined || databaseUrl === undefined) {
    const text = 'the product as a cluster: TEST_KAFKA_BROKERS, TEST_DATABASE_URL or TEST_REDIS_URL is not set';
    if (process.env['CI'] === 'true') throw new Error(text);
    process.stderr.write(`SKIPPED: ${text}\n`);
    return undefined;
  }
  return {
    ...kafkaSettings(TEST_KAFKA_BROKERS.split(','), 1),
    KAFKA_TOPIC_PREFIX: `c${randomBytes(4).toString('hex')}.`,
    DATABASE_URL: databaseUrl,
    REDIS_URL: TEST_REDIS_URL,
    LEDGER: 'log',
  };
}
