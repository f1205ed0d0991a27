import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from '@jest/globals';
import { provided } from '../../deploy/stack/provided.js';
import { MissingToolchain } from '../../deploy/stack/process/toolchain.mjs';

const toolchainMissing = 3;

const scratch = mkdtempSync(join(tmpdir(), 'demo-hospitals-'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** What the demo printed until Ctrl-C; undefined, said in capitals, where there is no Java, Maven or MariaDB. */
const said = await provided(async () => {
  const demo = spawn(process.execPath, ['samples/demo-hospitals/main.mjs'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, TMPDIR: scratch, PIPELINE_NICE: '0' },
  });
  const ended = once(demo, 'exit') as Promise<[number | null]>;
  const complained = text(demo.stderr);
  let output = '';
  let pressed: Promise<void> | undefined;
  for await (const chunk of demo.stdout.setEncoding('utf8')) {
    output += chunk as string;
    if (output.includes('Ctrl-C ends everything')) pressed ??= pressCtrlC(demo);
  }
  const [[status], complaint] = await Promise.all([ended, complained, pressed]);
  if (status === toolchainMissing) throw new MissingToolchain(complaint.trim());
  if (status !== 0) throw new Error(`the demo ended with ${status ?? 'a signal'}: ${complaint}`);
  return output;
});

/** The terminal tells every process of the demo, and npm tells the demo once more, when it has begun to end. */
async function pressCtrlC(demo: ChildProcess): Promise<void> {
  if (demo.pid === undefined) throw new Error('the demo was not started');
  const [own = ''] = readdirSync(scratch);
  const announced = join(scratch, own, 'data', 'sandbox.json');
  const { http } = JSON.parse(readFileSync(announced, 'utf8')) as { readonly http: { readonly baseUrl: string } };
  process.kill(-demo.pid, 'SIGINT');
  const isServing = () =>
    fetch(`${http.baseUrl}/livez`).then(
      () => true,
      () => false,
    );
  while (await isServing());
  demo.kill('SIGINT');
}

(said ? describe : describe.skip)('two hospitals without HL7', () => {
  it('leave nothing behind when Ctrl-C ends them', () => {
    // The database server writes here as long as it runs.
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('tell one history, each value with who said it, when, and its proof', () => {
    const rows = (said ?? '').split('\n').map((line) => line.trim().split(/ {2,}/));
    const isOfHistory = ([version = '']: readonly string[]) => /^v\d$/.test(version);
    const proven = rows
      .filter((row) => row.at(-1) === 'proven' && !isOfHistory(row))
      .map(([name, value, facility]) => [name, value, facility]);
    // The numbers come in any order.
    proven.sort(([a = '', x = ''], [b = '', y = '']) => (a + x < b + y ? -1 : 1));
    expect(proven).toEqual([
      ['address', 'Flat 3, Latifabad Unit 7, Hyderabad', 'HYDERABAD'],
      ['birthDate', '1997-05-16', 'MIRPURKHAS'],
      ['gender', 'male', 'MIRPURKHAS'],
      ['name (Urdu)', 'عاقب شیخ', 'HYDERABAD'],
      ['name', 'Aqib Shaikh', 'MIRPURKHAS'],
      ['number HYDERABAD', 'H-731', 'HYDERABAD'],
      ['number MIRPURKHAS', '4485', 'MIRPURKHAS'],
      ['number NADRA', '42301-0004485-1', 'MIRPURKHAS'],
      ['phone', '0300 0000731', 'HYDERABAD'],
    ]);
    const history = rows
      .filter(isOfHistory)
      .map(([version, name, value, by, , proof]) => [version, name, value, by, proof]);
    expect(history.filter(([, name]) => name === 'address')).toEqual([
      ['v2', 'address', 'Flat 3, Latifabad Unit 7, Hyderabad', 'HYDERABAD', 'proven'],
      ['v1', 'address', 'House 12, Satellite Town, Mirpurkhas', 'MIRPURKHAS', 'proven'],
    ]);
    expect(history.filter(([version]) => version === 'v1').map(([, name]) => name)).toEqual(
      expect.arrayContaining(['name', 'birthDate', 'gender', 'number MIRPURKHAS', 'number NADRA']),
    );
    expect(history.every(([, , , , proof]) => proof === 'proven')).toBe(true);
  });
});
