import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { provided } from '../../../../deploy/stack/provided.js';
import { type Redis, startRedis } from '../../../../deploy/stack/redis.mjs';
import { jobsConformance } from '../jobs.conformance.js';
import { type Job, jobLimits } from '../jobs.js';
import { openJobs } from '../open-jobs.js';
import { openBullJobs } from './bull-jobs.js';

const report = () => undefined;
const directory = await mkdtemp(join(tmpdir(), 'anamnesis-bull-'));
const redis = await provided(() => startRedis({ directory }));
const newPrefix = () => `t${randomBytes(6).toString('hex')}-`;

afterAll(async () => {
  await redis?.stop();
  await rm(directory, { recursive: true, force: true });
});

if (redis === undefined) describe.skip('Bull jobs', () => undefined);
else suites(redis);

function suites(server: Redis): void {
  const redisUrl = server.url;
  jobsConformance('Bull', () => {
    const prefix = newPrefix();
    return Promise.resolve({
      open: ({ report, limits }) => openBullJobs({ redisUrl, prefix, report, limits }),
      dispose: () => Promise.resolve(),
    });
  });

  describe('Bull jobs of several processes', () => {
    const open = (prefix: string) => openJobs({ backend: 'bull', redisUrl, prefix, report, limits: jobLimits });

    it('give each job of a name to one of them, one at a time over all', async () => {
      const prefix = newPrefix();
      const instances = await Promise.all([open(prefix), open(prefix), open(prefix)]);
      let inside = 0;
      const taken: Job[] = [];
      let reach: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      for (const jobs of instances)
        await jobs.process('export', async (job) => {
          expect(++inside).toBe(1);
          await new Promise(setImmediate);
          inside--;
          if (taken.push(job) === 30) reach();
        });
      for (let n = 0; n < 30; n++) await instances[n % 3]?.add('export', n, { id: `job ${n}` });
      await reached;
      expect(taken.map(({ id }) => id).sort()).toEqual(Array.from({ length: 30 }, (_, n) => `job ${n}`).sort());
      await Promise.all(instances.map((jobs) => jobs.close()));
    });

    it('keep apart what has another prefix', async () => {
      const [one, other] = await Promise.all([open(newPrefix()), open(newPrefix())]);
      const taken: Job[] = [];
      await other.process('export', (job) => Promise.resolve(taken.push(job)).then(() => undefined));
      await one.add('export', null, { id: 'mine' });
      let reach: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      await one.process('export', () => {
        reach();
        return Promise.resolve();
      });
      await reached;
      expect(taken).toEqual([]);
      await Promise.all([one.close(), other.close()]);
    });

    it('come back by themselves after Redis was flushed, and after it was killed', async () => {
      const jobs = await open(newPrefix());
      let runs = 0;
      let onRun: () => void = () => undefined;
      await jobs.process('audit', () => {
        runs++;
        onRun();
        return Promise.resolve();
      });
      const ran = () => new Promise<void>((resolve) => (onRun = resolve));
      const first = ran();
      await jobs.every('audit', { everyMs: 200 });
      await first;
      await server.flush();
      await ran();
      await server.kill();
      await expect(jobs.add('audit', null, { id: 'while away' })).rejects.toThrow(Unavailable);
      await server.start();
      const before = runs;
      await ran();
      expect(runs).toBeGreaterThan(before);
      await jobs.close();
    }, 120_000);
  });

  it('say within seconds that Redis is not there', async () => {
    await expect(openBullJobs({ redisUrl: 'redis://127.0.0.1:1', report })).rejects.toThrow(Unavailable);
  }, 30_000);
}
