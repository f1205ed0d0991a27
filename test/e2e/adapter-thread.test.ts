import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { adt } from '../fixtures/messages.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

/** Preloaded: the adapter's thread, the one without data of its own, throws once the file `crash` is there. */
const crashWhenTold = `--import=data:text/javascript,${encodeURIComponent(`
  import { existsSync } from 'node:fs';
  import { isMainThread, workerData } from 'node:worker_threads';
  const look = () => {
    if (existsSync(process.env.DATA_DIR + '/crash')) throw new Error('crash of the thread');
  };
  if (!isMainThread && !workerData) setInterval(look, 20);`)}`;

describe('the adapter in its thread of the standalone', () => {
  let directory: string;
  let standalone: Standalone;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-adapter-thread-'));
    standalone = await startStandalone(directory, { nodeFlags: [crashWhenTold] });
    const client = await MllpClient.connect(standalone.sandbox.mllp);
    expect(Buffer.from(await client.send(adt({ controlId: 'C-1' }))).toString()).toContain('MSA|AA|C-1');
    client.close();
  });
  afterAll(async () => {
    await standalone.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  it('shows its metrics with those of the process, each once', async () => {
    const text = await (await standalone.request('/metrics', { role: 'admin' })).text();
    const names = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toContain('process_cpu_seconds_total');
    expect(text).toMatch(/^anamnesis_mllp_messages_total\{answer="AA".*\} 1$/m);
  });

  it('takes the process with it when it crashes, and loses nothing acknowledged', async () => {
    await writeFile(join(directory, 'crash'), '');
    const { code, output } = await standalone.end();
    expect(code).toBe(1);
    expect(output).toMatch(/"level":60.*crash of the thread/);
    await rm(join(directory, 'crash'));

    standalone = await startStandalone(directory);
    await eventually(async () => {
      expect(await standalone.get('/messages?controlId=C-1')).toMatchObject([{ state: 'anchored' }]);
    });
    expect(await standalone.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('fails the start, saying why, when it cannot listen or is wrongly set', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const start = (MLLP_PORT: string) => startStandalone(directory, { environment: { MLLP_PORT } });
    await expect(start(String(port))).rejects.toThrow(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
    await expect(start('70000')).rejects.toThrow('MLLP_PORT must not be greater than 65535');
    taken.close();
  });
});
