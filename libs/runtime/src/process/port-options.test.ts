import { describe, expect, it } from '@jest/globals';
import { readSettings, Settings } from '../settings/settings.js';
import { busOptions } from './port-options.js';

const ofCluster = (environment: Record<string, string>) =>
  busOptions(readSettings(Settings, { PROFILE: 'cluster', KAFKA_BROKERS: 'one:9092,two:9092', ...environment }), 'app');

describe('the bus of a cluster', () => {
  it('writes compressed records, as the operator says', () => {
    expect(ofCluster({})).toMatchObject({ backend: 'kafka', brokers: ['one:9092', 'two:9092'], compression: 'lz4' });
    expect(ofCluster({ KAFKA_COMPRESSION: 'none' })).toMatchObject({ compression: 'none' });
    expect(() => ofCluster({ KAFKA_COMPRESSION: 'zstd' })).toThrow('KAFKA_COMPRESSION');
  });
});
