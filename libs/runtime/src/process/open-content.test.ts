import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Keys } from '../settings/keys.js';
import { readSettings, Settings } from '../settings/settings.js';
import { openContent } from './open-content.js';

const keys = Keys.of(Buffer.alloc(32, 1), Buffer.alloc(32, 2));
let directory: string;

const settings = (environment: Record<string, string>) =>
  readSettings(Settings, { DATA_DIR: directory, ...environment });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-open-content-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('the content store of an app', () => {
  it('is in the data directory, and what one app writes another reads', async () => {
    const [writer, reader] = [
      await openContent(settings({}), keys, 'writer'),
      await openContent(settings({ CONTENT_DIR: join(directory, 'content') }), keys, 'reader'),
    ];
    const bytes = Buffer.from('an invented letter');
    const digest = createHash('sha256').update(bytes).digest('hex');
    await writer.put({ digest, sizeBytes: bytes.length, pieces: () => [bytes] });
    await reader.check(digest);
  });

  it('must be named in a cluster, where each app has a data directory of its own', async () => {
    const cluster = settings({ PROFILE: 'cluster' });
    await expect(openContent(cluster, keys, 'reader')).rejects.toThrow('CONTENT_DIR must be set');
  });

  it.each(['writer', 'reader'] as const)('keeps a %s from starting that cannot use it', async (role) => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(openContent(settings({ CONTENT_DIR: file }), keys, role)).rejects.toThrow('CONTENT_DIR cannot be');
    const other = Keys.of(Buffer.alloc(32, 1), Buffer.alloc(32, 3));
    await openContent(settings({}), keys, 'writer');
    if (role === 'reader') await expect(openContent(settings({}), other, role)).rejects.toThrow('CONTENT_DIR');
  });
});
