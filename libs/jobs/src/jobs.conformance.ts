import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejected, Unavailable } from '@anamnesis/core';
import { type Job, type JobHandler, type JobLimits, type Jobs, payloadBytesMax, type ReportJob } from './jobs.js';

/** A place where jobs can be opened, closed and opened again on the same content. */
export interface JobsPlace {
  open(options: { report: ReportJob; limits: JobLimits }): Promise<Jobs>;
  dispose(): Promise<void>;
}

const limits: JobLimits = { backOffMsMin: 5, backOffMsMax: 20, defectAttemptsMax: 3 };

/** Every promise of the `Jobs` port, for any backend. `fresh` gives an empty place per test. */
export function jobsConformance(name: string, fresh: () => Promise<JobsPlace>): void {
  describe(`${name} jobs`, () => {
    let place: JobsPlace;
    let jobs: Jobs;
    let reports: Parameters<ReportJob>[0][];
    const open = () => place.open({ report: (report) => reports.push(report), limits });

    beforeEach(async () => {
      reports = [];
      place = await fresh();
      jobs = await open();
    });
    afterEach(async () => {
      await jobs.close();
      await place.dispose();
    });

    async function reopen(): Promise<void> {
      await jobs.close();
      jobs = await open();
    }

    /** Processes `export` until the handler was called `count` times and those calls have ended. */
    async function take(count: number, handler: JobHandler = () => Promise.resolve()): Promise<readonly Job[]> {
      const taken: Job[] = [];
      let reach: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (reach = resolve));
      const worker = await jobs.process('export', async (job) => {
        taken.push(job);
        if (taken.length >= count) reach();
        await handler(job);
      });
      await reached;
      await worker.stop();
      return taken;
    }
    const ids = (taken: readonly Job[]) => taken.map(({ id }) => id);

    it('gives a job with its payload to the handler of its name', async () => {
      const payload = { batch: 7, list: ['a', null, true] };
      await jobs.add('other', null, { id: 'x' });
      await jobs.add('export', payload, { id: 'one' });
      expect(await take(1)).toEqual([{ id: 'one', name: 'export', payload, attempt: 1 }]);
    });

    it('gives what is added while a worker waits', async () => {
      const taking = take(2);
      await jobs.add('export', 1, { id: 'one' });
      await jobs.add('export', 2, { id: 'two' });
      expect(ids(await taking)).toEqual(['one', 'two']);
    });

    it('takes the same id for the same job while it is pending', async () => {
      await jobs.add('export', 'first', { id: 'one' });
      await jobs.add('export', 'second', { id: 'one' });
      await jobs.add('export', 'last', { id: 'two' });
      expect((await take(2)).map(({ payload }) => payload)).toEqual(['first', 'last']);
    });

    it('takes the same id for another job once it is done', async () => {
      await jobs.add('export', null, { id: 'one' });
      await take(1);
      await jobs.add('export', null, { id: 'one' });
      expect(await take(1)).toMatchObject([{ id: 'one', attempt: 1 }]);
    });

    it('runs once more when the same id is added, however often, while it runs', async () => {
      await jobs.add('export', 0, { id: 'one' });
      let running = 0;
      const taken = await take(3, async ({ payload }) => {
        expect(++running).toBe(1);
        if (payload === 0) {
          for (const again of [1, 2, 3]) await jobs.add('export', again, { id: 'one' });
          await jobs.add('export', 'end', { id: 'end' });
        }
        running--;
      });
      expect(taken.map(({ payload }) => payload)).toEqual([0, 1, 'end']);
      expect(reports).toEqual([]);
    });

    it('does not start a job before its time', async () => {
      const notBefore = new Date(Date.now() + 300);
      await jobs.add('export', null, { id: 'later', notBefore });
      await jobs.add('export', null, { id: 'now' });
      const startedAtMs: number[] = [];
      const taken = await take(2, () => {
        startedAtMs.push(Date.now());
        return Promise.resolve();
      });
      expect(ids(taken)).toEqual(['now', 'later']);
      expect(startedAtMs[1]).toBeGreaterThanOrEqual(notBefore.getTime());
    });

    it('keeps pending jobs over a restart, each once', async () => {
      await jobs.add('export', 1, { id: 'one' });
      await jobs.add('export', 2, { id: 'two', notBefore: new Date(Date.now() + 50) });
      await reopen();
      await jobs.add('export', 1, { id: 'one' });
      expect((await take(2)).map(({ payload }) => payload)).toEqual([1, 2]);
    });

    it('forgets a job that is done', async () => {
      await jobs.add('export', null, { id: 'one' });
      await take(1);
      await reopen();
      await jobs.add('export', null, { id: 'two' });
      expect(ids(await take(1))).toEqual(['two']);
    });

    it('waits out an unavailable dependency, longer than a defect would be tried', async () => {
      await jobs.add('export', null, { id: 'one' });
      const taken = await take(limits.defectAttemptsMax + 3, ({ attempt }) => {
        if (attempt < limits.defectAttemptsMax + 3) throw new Unavailable('store', 'away');
        return Promise.resolve();
      });
      expect(taken.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await jobs.failed()).toEqual([]);
      expect(reports).toEqual([]);
    });

    it('gives up a defect after some tries, says so without its text, and goes on', async () => {
      await jobs.add('export', { batch: 1 }, { id: 'bad' });
      await jobs.add('export', null, { id: 'good', notBefore: new Date(Date.now() + 1) });
      const taken = await take(limits.defectAttemptsMax + 1, ({ id }) => {
        if (id === 'bad') throw new TypeError('content that must not leak');
        return Promise.resolve();
      });
      expect(ids(taken).filter((id) => id === 'bad')).toHaveLength(limits.defectAttemptsMax);
      expect(ids(taken)).toContain('good');
      await reopen();
      const [failed, ...others] = await jobs.failed();
      expect(others).toEqual([]);
      expect(failed).toMatchObject({ id: 'bad', name: 'export', payload: { batch: 1 }, attempts: 3 });
      expect(failed?.reason).toBe('TypeError');
      expect(failed?.failedAt.getTime()).toBeLessThanOrEqual(Date.now());
      expect(reports.map(({ id, attempt, isFailed }) => ({ id, attempt, isFailed }))).toEqual([
        { id: 'bad', attempt: 1, isFailed: false },
        { id: 'bad', attempt: 2, isFailed: false },
        { id: 'bad', attempt: 3, isFailed: true },
      ]);
    });

    it('gives up what is rejected at once, with the code', async () => {
      await jobs.add('export', null, { id: 'bad' });
      await take(1, () => Promise.reject(new Rejected('not-found', 'no such batch')));
      expect(await jobs.failed()).toMatchObject([{ id: 'bad', attempts: 1, reason: 'not-found: no such batch' }]);
    });

    it('takes a failed job up again when it is added again', async () => {
      await jobs.add('export', null, { id: 'bad' });
      await take(1, () => Promise.reject(new Rejected('not-found', 'no such batch')));
      await jobs.add('export', null, { id: 'bad' });
      expect(await jobs.failed()).toEqual([]);
      expect(await take(1)).toMatchObject([{ id: 'bad', attempt: 1 }]);
    });

    it('repeats a schedule, one run at a time, over a restart and a failure', async () => {
      await jobs.every('export', { everyMs: 100 });
      const startedAtMs: number[] = [];
      await take(2, () => {
        startedAtMs.push(Date.now());
        return Promise.reject(new Rejected('gone', 'nothing here'));
      });
      await reopen();
      await jobs.every('export', { everyMs: 100 });
      await take(2, () => {
        startedAtMs.push(Date.now());
        return Promise.resolve();
      });
      const gapsMs = startedAtMs.slice(1).map((ms, index) => ms - (startedAtMs[index] ?? 0));
      for (const gapMs of gapsMs) expect(gapMs).toBeGreaterThanOrEqual(50);
      expect(startedAtMs).toHaveLength(4);
    });

    it('takes the newer time of a schedule', async () => {
      await jobs.every('export', { everyMs: 3_600_000 });
      await take(1);
      await jobs.every('export', { everyMs: 10 });
      expect(await take(2)).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
    });

    it('lets the job in hand end before it closes, and starts no other', async () => {
      await jobs.add('export', null, { id: 'one' });
      await jobs.add('export', null, { id: 'two' });
      const events: string[] = [];
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const begun = new Promise<void>((resolve) => {
        void jobs.process('export', async ({ id }) => {
          resolve();
          await held;
          events.push(id);
        });
      });
      await begun;
      const closing = jobs.close().then(() => events.push('closed'));
      release();
      await closing;
      expect(events).toEqual(['one', 'closed']);
      jobs = await open();
      expect(ids(await take(1))).toEqual(['two']);
    });

    it('refuses a second handler of a name, and a payload over the limit', async () => {
      const worker = await jobs.process('export', () => Promise.resolve());
      await expect(jobs.process('export', () => Promise.resolve())).rejects.toThrow('processed already');
      await worker.stop();
      const large = 'x'.repeat(payloadBytesMax);
      await expect(jobs.add('export', large, { id: 'one' })).rejects.toThrow(Rejected);
    });

    it('is unavailable after close', async () => {
      await jobs.close();
      await expect(jobs.add('export', null, { id: 'one' })).rejects.toThrow(Unavailable);
      await expect(jobs.failed()).rejects.toThrow(Unavailable);
    });
  });
}
