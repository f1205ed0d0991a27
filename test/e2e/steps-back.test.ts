import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually, startStandalone } from '../standalone.js';

/** Behind the command, which is in brackets (proc(5)). */
const niceAt = 16;

/** Nice values of a process, beyond our own: of its main thread, and of its others. */
async function stepsOf(pid: number) {
  const threads = await readdir(`/proc/${pid}/task`);
  const steps = await Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      const nice = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[niceAt]);
      return { isMain: thread === String(pid), steps: nice - getPriority() };
    }),
  );
  return {
    main: steps.find(({ isMain }) => isMain)?.steps,
    others: steps.filter(({ isMain }) => !isMain).map((one) => one.steps),
  };
}

(process.platform === 'linux' ? describe : describe.skip)('a standalone that serves', () => {
  it.each([
    ['7', 7],
    ['0', 0],
  ])('has what works behind the bus step back by PIPELINE_NICE=%s, and neither adapter nor log', async (nice, main) => {
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-steps-back-'));
    const standalone = await startStandalone(directory, { environment: { PIPELINE_NICE: nice } });
    // The last thing of a start, behind the announcement.
    const steps = await eventually(async () => {
      const found = await stepsOf(standalone.intakePid);
      expect(found.main).toBe(main);
      return found;
    });
    // The threads of adapter, log and ledger, and those of Node.js, were all there before.
    expect(new Set(steps.others)).toEqual(new Set([0]));
    expect(await standalone.end('SIGTERM')).toMatchObject({ code: 0 });
    await rm(directory, { recursive: true });
  });
});
