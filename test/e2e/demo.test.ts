import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeProducts, startMs } from '../products.js';
import type { Standalone } from '../standalone.js';

const commands = 'dist/product';

describeProducts('the commands against a running product', (product) => {
  let directory: string;
  let standalone: Standalone;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-demo-'));
    standalone = await product.start(directory);
  }, startMs);
  afterAll(async () => {
    await standalone.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  const run = async (script: string, ...parameters: string[]) => {
    const env = { PATH: process.env['PATH'], DATA_DIR: directory };
    const child = spawn(process.execPath, [`${commands}/${script}.js`, ...parameters], { env });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, output: (await output).join('') };
  };

  it('play the story from first registration to a revoked source, twice on one data directory', async () => {
    for (let times = 0; times < 2; times++) {
      const { code, output } = await run('demo');
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toMatch(/Patient v1 +Mirpurkhas +MPK, received .*, anchored/);
      expect(output).toMatch(/Observation v2 +glucose 128 +LABHYD, received .*, anchored/);
      expect(output).toContain('then refused: the certificate was revoked');
    }
  }, 120_000);

  it('send a file and print each answer', async () => {
    const sent = await run('send', 'samples/messages');
    expect(sent).toMatchObject({ code: 0, output: expect.stringMatching(/^AA {2}<- FIRST-1 ADT\^A04 .*\nAA 1\n$/) });
    expect(await run('send', 'package.json')).toMatchObject({ code: 1 });
    expect(await run('send', 'samples', '--to', '127.0.0.1:1')).toMatchObject({ code: 2 });
    expect(await run('send')).toMatchObject({ code: 2, output: expect.stringContaining('usage:') });
  });

  it('say what they need when called wrongly', async () => {
    expect(await run('verify')).toMatchObject({ code: 2, output: expect.stringContaining('usage:') });
    expect(await run('verify', 'nowhere.json')).toMatchObject({ code: 2 });
  });

  // In a cluster each process has metrics of its own, which its address for users does not lead to.
  const itInOneProcess = product.name === 'embedded' ? it : it.skip;
  itInOneProcess('show how far each consumer is behind, and the age of the oldest event not anchored', async () => {
    const metrics = await (await standalone.request('/metrics', { role: 'admin' })).text();
    expect(metrics).toMatch(/anamnesis_bus_lag_records\{topic="clinical.received",group="registration"\} \d+/);
    expect(metrics).toMatch(/anamnesis_oldest_unanchored_age_seconds [\d.]+/);
    expect(metrics).toMatch(/anamnesis_mllp_messages_total\{answer="AA"/);
  });
});
