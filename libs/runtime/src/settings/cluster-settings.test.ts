import { describe, expect, it } from '@jest/globals';
import { clusterFaults } from './cluster-settings.js';
import { readSettings, Settings } from './settings.js';

const faults = (environment: Record<string, string>, ports: Parameters<typeof clusterFaults>[1]) =>
  clusterFaults(readSettings(Settings, { PROFILE: 'cluster', ...environment }), ports).join('; ');
const near = {
  KAFKA_BROKERS: '127.0.0.1:9092,localhost:9093',
  DATABASE_URL: 'mariadb://root@127.0.0.1/x',
  REDIS_URL: 'redis://127.0.0.1:6379',
  LEDGER: 'log',
};

describe('the settings of a cluster', () => {
  it('have no default for what is not there', () => {
    expect(faults({}, ['bus', 'store', 'jobs', 'ledger'])).toMatch(/KAFKA_BROKERS.*DATABASE_URL.*REDIS_URL.*LEDGER/);
    expect(faults({}, ['bus'])).not.toMatch(/DATABASE_URL|REDIS_URL|LEDGER/);
  });

  it('may do without encryption on this machine alone', () => {
    expect(faults(near, ['bus', 'store', 'jobs', 'ledger'])).toBe('');
    const far = {
      KAFKA_BROKERS: '127.0.0.1:9092,kafka.example:9092',
      DATABASE_URL: 'mysql://db.example/x',
      REDIS_URL: 'redis://redis.example',
    };
    expect(faults(far, ['bus', 'store', 'jobs'])).toMatch(/KAFKA_TLS_CA_FILE.*DATABASE_TLS_CA_FILE.*rediss/);
    expect(faults({ ...far, PLAINTEXT_ALLOWED: 'kafka,database,redis' }, ['bus', 'store', 'jobs'])).toBe('');
    expect(faults({ ...far, REDIS_URL: 'rediss://redis.example' }, ['jobs'])).toBe('');
  });

  it('name what is said by halves', () => {
    expect(faults({ ...near, KAFKA_TLS_CERT_FILE: 'a' }, ['bus'])).toMatch(
      /KAFKA_TLS_KEY_FILE.*needs KAFKA_TLS_CA_FILE/,
    );
    expect(faults({ ...near, KAFKA_SASL_USERNAME: 'a' }, ['bus'])).toMatch(/KAFKA_SASL_PASSWORD_FILE/);
    expect(faults({ ...near, KAFKA_REPLICATION_FACTOR: '1' }, ['bus'])).toMatch(/KAFKA_MIN_ISR/);
    expect(faults({ ...near, LEDGER: 'fabric' }, ['ledger'])).toMatch(/FABRIC_CHANNEL.*FABRIC_ORGANISATIONS_FILE/);
  });
});
