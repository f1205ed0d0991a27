import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { StructuredLogger } from './structured-logger.js';

describe('the log', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anamnesis-log-'));
  const file = join(directory, 'log');
  const fd = openSync(file, 'w');
  afterAll(() => {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });

  it('shows what apps say at info, and of what Nest announces there nothing', () => {
    const logger = new StructuredLogger({ name: 'standalone', level: 'info', fd });
    logger.log('all rows compared', { source: 'north', u: 1 }, 'adapter-db');
    logger.log('Mapped {/livez, GET} route', 'RouterExplorer');
    logger.log('started', { app: 'standalone' });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ msg: 'all rows compared', context: 'adapter-db', source: 'north', u: 1 }),
      expect.objectContaining({ msg: 'started', app: 'standalone' }),
    ]);
  });
});
