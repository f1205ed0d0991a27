import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { jobsConformance } from '../jobs.conformance.js';
import { type Job, jobLimits } from '../jobs.js';
import { openJobs } from '../open-jobs.js';
import { openEmbeddedJobs } from './embedded-jobs.js';

const report = () => undefined;
const newDirectory = () => mkdtemp(join(tmpdir(), 'anamnesis-jobs-'));

jobsConformance('embedded', async () => {
  const directory = await newDirectory();
  return {
    open: ({ report, limits }) => openEmbeddedJobs({ directory, report, limits }),
    dispose: () => rm(directory, { recursive: true }),
  };
});

let directory: string;
beforeEach(async () => (directory = await newDirectory()));
afterEach(() => rm(directory, { recursive: true }));

it('refuses a second owner of the same directory and names it', async () => {
  const jobs = await openJobs({ backend: 'embedded', directory, report });
  const second = openEmbeddedJobs({ directory, report, limits: jobLimits });
  await expect(second).rejects.toThrow(Unavailable);
  await expect(second).rejects.toThrow(`another process owns the jobs in ${directory}`);
  await jobs.close();
});

it('goes on with schedules, and with what is to be tried again, when a clock that was ahead is set back', async () => {
  const limits = { ...jobLimits, backOffMsMin: 50, backOffMsMax: 100 };
  const jobs = await openEmbeddedJobs({ directory, report, limits });
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2126-01-01T00:00:00Z'));
  const runs: string[] = [];
  await new Promise<void>((resolve) => {
    const handler = ({ name, attempt }: Job): Promise<void> => {
      runs.push(name);
      if (runs.length === 2)
        setTimeout(() => {
          clock.mockRestore();
        }, 20);
      if (['audit', 'export'].every((one) => runs.slice(2).includes(one))) resolve();
      return name === 'export' && attempt === 1 ? Promise.reject(new Unavailable('store', 'away')) : Promise.resolve();
    };
    void jobs.every('audit', { everyMs: 50 }).then(() => jobs.process('audit', handler));
    void jobs.add('export', null, { id: 'one' }).then(() => jobs.process('export', handler));
  });
  expect(runs.slice(0, 2).sort()).toEqual(['audit', 'export']);
  await jobs.close();
});

/** Adds `job`, begins it, says so and is then killed with the job in hand. */
const child = `
  import { register } from 'node:module';
  const [root, directory] = process.argv.slice(1);
  register(root + 'test/worker-source.mjs');
  const { openEmbeddedJobs } = await import(root + 'libs/jobs/src/embedded/embedded-jobs.ts');
  const jobs = await openEmbeddedJobs({ directory, report: console.error });
  await jobs.add('export', { n: 1 }, { id: 'in hand' });
  await jobs.add('export', { n: 2 }, { id: 'behind' });
  await jobs.process('export', () => new Promise(() => { console.log('begun'); setInterval(() => {}, 1000); }));`;

it('runs a job again whose process was killed, and then what was pending', async () => {
  const root = new URL('../../../../', import.meta.url).href;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', child, root, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'exit');

  const jobs = await openJobs({ backend: 'embedded', directory, report });
  const taken: Job[] = [];
  await new Promise<void>((resolve) => {
    void jobs.process('export', (job) => {
      if (taken.push(job) === 2) resolve();
      return Promise.resolve();
    });
  });
  expect(taken).toEqual([
    { id: 'in hand', name: 'export', payload: { n: 1 }, attempt: 2 },
    { id: 'behind', name: 'export', payload: { n: 2 }, attempt: 1 },
  ]);
  await jobs.close();
});
