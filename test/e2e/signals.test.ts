import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startStandalone } from '../standalone.js';

describe('a standalone told to stop', () => {
  it('drains and exits 0, after it refused to share its data directory with a second one and said so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-signals-'));
    const first = await startStandalone(directory);
    await expect(startStandalone(directory)).rejects.toThrow(/in use|another process|owner/i);
    expect(await first.end('SIGTERM')).toMatchObject({ code: 0, signal: null });
    await rm(directory, { recursive: true });
  });

  it.each([[['SIGINT', 'SIGINT']], [['SIGTERM', 'SIGINT', 'SIGTERM']]] as const)(
    'drains and exits 0 on %j',
    async (signals) => {
      const directory = await mkdtemp(join(tmpdir(), 'anamnesis-signals-'));
      const standalone = await startStandalone(directory);
      expect(await standalone.end(...signals)).toMatchObject({ code: 0, signal: null });
      await rm(directory, { recursive: true });
    },
  );

  it('refuses to enrol strangers on an address that others can reach', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-signals-'));
    const environment = { BIND_ADDRESS: '0.0.0.0' };
    await expect(startStandalone(directory, { environment })).rejects.toThrow(/ENROLMENT=open/);
    await rm(directory, { recursive: true });
  });
});
