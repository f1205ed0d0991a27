import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from './kafka.mjs';
import { startMariadb } from './mariadb.mjs';
import { findMysql, startMysql } from './mysql.mjs';
import { MissingToolchain } from './process/toolchain.mjs';
import { startRedis } from './redis.mjs';

/** Its data ends with the run, and it waits longer for the disk than MariaDB does. */
const notDurable = ['innodb-flush-log-at-trx-commit=0', 'sync-binlog=0', 'innodb-flush-method=nosync'];

/** What each service is to a suite: the variable it reads, and how that is come by. */
const services = [
  {
    variable: 'TEST_KAFKA_BROKERS',
    start: async (options) => {
      const kafka = await startKafka(options);
      return { value: kafka.brokers.join(','), kill: () => kafka.killAll() };
    },
  },
  {
    variable: 'TEST_DATABASE_URL',
    start: async (options) => {
      const mariadb = await startMariadb(options);
      return { value: await mariadb.url('anamnesis_test'), kill: () => mariadb.kill() };
    },
  },
  {
    variable: 'TEST_MYSQL_URL',
    start: async (options) => {
      const mysql = await startMysql({ ...options, settings: () => notDurable });
      return { value: await mysql.url('anamnesis_test'), kill: () => mysql.kill() };
    },
  },
  {
    variable: 'TEST_REDIS_URL',
    start: async (options) => {
      const redis = await startRedis(options);
      return { value: redis.url, kill: () => redis.kill() };
    },
  },
];

/**
 * Real services for one run of the suites, on data of their own that goes with them. A variable that is set already
 * is used as it is. `missing` holds why a service cannot be provided here; any other failure is thrown. `leftOut` is about
 * MySQL, which is run where it is installed: Debian, whose packages the others come from, has none.
 */
export async function startTestServices({ log }) {
  const directory = mkdtempSync(join(tmpdir(), 'anamnesis-services-'));
  const leftOut = [findMysql().missing].filter((why) => why !== undefined && !process.env.TEST_MYSQL_URL);
  const wanted = services.filter(
    ({ variable }) => !process.env[variable] && (variable !== 'TEST_MYSQL_URL' || leftOut.length === 0),
  );
  const outcomes = await Promise.allSettled(
    wanted.map(({ variable, start }) => start({ directory: join(directory, variable.toLowerCase()), log })),
  );
  const environment = {};
  const running = [];
  const failures = [];
  outcomes.forEach(({ value: service, reason }, index) => {
    if (service === undefined) return failures.push(reason);
    environment[wanted[index].variable] = service.value;
    running.push(service);
  });
  const stop = async () => {
    await Promise.all(running.map((service) => service.kill()));
    rmSync(directory, { recursive: true, force: true });
  };
  const defect = failures.find((reason) => !(reason instanceof MissingToolchain));
  if (defect !== undefined) {
    await stop();
    throw defect;
  }
  return { environment, missing: failures.map(({ message }) => message), leftOut, stop };
}
