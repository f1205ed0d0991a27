import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from '@jest/globals';
import { verifyAnchor } from '../verify.js';
import { type LogAnchor, parseLogAnchor } from './log-evidence.js';
import { openLogLedger } from './log-ledger.js';

/** Anchors without end, eight at a time, and says each anchor once it has it. */
const program = `(async () => {
  const { randomBytes } = await import('node:crypto');
  const { register } = await import('node:module');
  register('./test/worker-source.mjs', process.env.ROOT);
  const { openLedger, newBatchId } = await import(process.env.ROOT + 'libs/ledger/src/index.ts');
  const ledger = await openLedger({ backend: 'log', directory: process.env.DIRECTORY });
  async function lane() {
    for (;;) {
      const root = randomBytes(32).toString('hex');
      const anchor = await ledger.anchor({ batchId: newBatchId(), root, size: 1, previousRoot: '0'.repeat(64) });
      require('node:fs').writeSync(1, JSON.stringify(anchor) + '\\n');
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane));
})()`;
const root = new URL('../../../../', import.meta.url);

/** Kills the process in the middle of its work, once it has told of this many anchors; resolves to all that it told. */
async function anchorUntilKilled(directory: string, count: number): Promise<readonly LogAnchor[]> {
  const flags = ['--disable-warning=ExperimentalWarning', '--import=./test/worker-source.mjs'];
  const child = spawn(process.execPath, [...flags, '-e', program], {
    cwd: root,
    env: { PATH: process.env['PATH'], ROOT: root.href, DIRECTORY: directory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const told: LogAnchor[] = [];
  for await (const line of createInterface(child.stdout)) {
    told.push(parseLogAnchor(JSON.parse(line)));
    if (told.length === count) child.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
  return told;
}

it('has every anchor that it ever gave, each provable, after kill -9 in the middle of anchoring', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-ledger-'));
  const told: LogAnchor[] = [];
  for (const count of [1, 25, 60]) {
    told.push(...(await anchorUntilKilled(directory, count)));
    const ledger = await openLogLedger({ directory });
    expect(await Promise.all(told.map(({ batchId }) => ledger.find(batchId)))).toEqual(told);
    const verdicts = await Promise.all(
      told.map(async (anchor) => verifyAnchor({ evidence: await ledger.prove(anchor), trust: ledger.trust }).verdict),
    );
    expect(new Set(verdicts)).toEqual(new Set(['valid']));
    const { checked, firstBad } = await ledger.audit();
    expect(firstBad).toBeUndefined();
    expect(checked).toBeGreaterThanOrEqual(told.length);
    await ledger.close();
  }
  expect(new Set(told.map(({ index }) => index)).size).toBe(told.length);
  await rm(directory, { recursive: true });
}, 60_000);
