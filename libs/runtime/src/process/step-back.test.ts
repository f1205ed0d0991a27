import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const root = new URL('../../../../', import.meta.url).href;
const isLinux = process.platform === 'linux';
const hasSessions = existsSync('/proc/self/autogroup');

/** What `script` says as JSON, in a process that leads a session where it `leads`. */
async function said(script: string, { leads = false } = {}): Promise<unknown> {
  const source = `
    import { register } from 'node:module';
    import { getPriority } from 'node:os';
    import { readFileSync } from 'node:fs';
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    register('${root}test/worker-source.mjs');
    const { stepBack } = await import('${root}libs/runtime/src/process/step-back.ts');
    const thread = () => new Worker(\`
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', () => parentPort.postMessage(require('node:os').getPriority()));\`, { eval: true, execArgv: [] });
    const niceOf = async (one) => {
      one.postMessage('');
      const [nice] = await once(one, 'message');
      return nice;
    };
    const sessionNice = () => Number(readFileSync('/proc/self/autogroup', 'latin1').split(' nice ')[1] ?? 0);
    const say = (value) => console.log(JSON.stringify(value));
    ${script}
    process.exit(0);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    detached: leads,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout));
}

(isLinux ? describe : describe.skip)('stepBack', () => {
  it('is for the thread that calls it and those that it starts afterwards', async () => {
    const script = `
      const before = thread();
      await niceOf(before);
      const start = getPriority();
      stepBack(3);
      say([getPriority(), await niceOf(before), await niceOf(thread())].map((nice) => nice - start));`;
    expect(await said(script)).toEqual([3, 0, 3]);
  });

  it('adds to what the process was started with, up to the lowest priority', async () => {
    const script = `
      stepBack(15);
      stepBack(15);
      say(getPriority());`;
    expect(await said(script)).toBe(19);
  });

  it('does nothing for 0 steps', async () => {
    expect(await said('const start = getPriority(); stepBack(0); say(getPriority() - start);')).toBe(0);
  });

  (hasSessions ? it : it.skip)('takes along the session of a process that leads one, and nobody else’s', async () => {
    const script = 'const start = sessionNice(); stepBack(4); say(sessionNice() - start);';
    expect(await said(script, { leads: true })).toBe(4);
    expect(await said(script)).toBe(0);
  });
});
