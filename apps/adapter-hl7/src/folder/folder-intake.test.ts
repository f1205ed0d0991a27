import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { until } from '../../test/until.js';

let folder: string;
let adapter: RunningAdapter;
const settings = () => ({ FOLDER_INTAKE: folder, FOLDER_POLL_MS: '20', FOLDER_SETTLE_MS: '0', FOLDER_RETRY_MS: '10' });

const good = (controlId: string) => messageOf({ controlId });
const bad = (controlId: string) => messageOf({ controlId, pid: 'PID|1||||EVERYWOMAN' });

/** As a writer should: under a name that is not taken, then renamed. */
async function put(name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(folder, `${name}.part`), content);
  await rename(join(folder, `${name}.part`), join(folder, name));
}

const has = (where: string, name: string) => async () => (await readdir(join(folder, where))).includes(name);
const text = (...path: string[]) => readFile(join(folder, ...path), 'utf8');
const stored = async () => (await adapter.events()).map(({ source }) => source.messageId);

/** What is answered, in order: headers by the control id that they answer, acknowledgements, counts. */
async function outline(name: string): Promise<readonly string[]> {
  const lines = (await text('answers', name)).split('\r').map((line) => line.split('|'));
  return lines.flatMap((fields) => {
    const [segment = '', first = '', second = ''] = fields;
    if (segment === 'MSA') return [`${first} ${second}`];
    if (segment === 'BTS' || segment === 'FTS') return [`${segment} ${first}`];
    return segment === 'BHS' || segment === 'FHS' ? [`${segment} ${fields[11] ?? ''}`] : [];
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anamnesis-folder-'));
  adapter = await RunningAdapter.start(settings());
});
afterEach(async () => {
  await adapter.dispose();
  await rm(folder, { recursive: true });
});

describe('a file in the watched folder', () => {
  it('is taken message by message, in order, and ends in done', async () => {
    adapter.registry.apply(sourceOf({ facility: 'HYD', application: 'REG' }, { addresses: ['192.0.2.1'] }));
    const content = ['C1', 'C2', 'C3'].map(good).join('\n');
    await put('adt.hl7', content);
    await until(has('done', 'adt.hl7'));
    expect(await stored()).toEqual(['C1', 'C2', 'C3']);
    expect((await adapter.events())[0]?.source).toMatchObject({ protocol: 'hl7v2-file', authentication: 'none' });
    expect(await text('done', 'adt.hl7')).toBe(content);
    expect(await readdir(join(folder, 'failed'))).toEqual([]);
    expect(await adapter.metric('folder_files_total', { result: 'done' })).toBe(1);
  });

  it('has each refused message put into failed, with a reason that shows nothing of the patient', async () => {
    await put('adt.hl7', `${good('C1')}${bad('C2')}${good('C3')}`);
    await until(has('done', 'adt.hl7'));
    expect(await stored()).toEqual(['C1', 'C3']);
    expect(await text('failed', 'adt.hl7.000002.hl7')).toBe(bad('C2'));
    expect(await text('failed', 'adt.hl7.000002.hl7.reason.txt')).toBe(
      'Message 2 of adt.hl7 (MSH-10 "C2") was refused: 101 at PID^1^3, PID-3 Patient Identifier List is empty.\n',
    );
    expect((await adapter.refusals()).map(({ controlId }) => controlId)).toEqual(['C2']);
    // Mended, it goes where it came from.
    await put('mended.hl7', good('C2'));
    await until(has('done', 'mended.hl7'));
    expect(await stored()).toEqual(['C1', 'C3', 'C2']);
  });

  it('with batch segments is checked as a whole before anything of it is processed', async () => {
    const batch = (count: number) => `FHS|^~\\&|A\rBHS|^~\\&|A\r${good('C1')}${good('C2')}BTS|${count}\rFTS|1\r`;
    await put('wrong.hl7', batch(3));
    await put('none.hl7', 'nothing of ours\r');
    await until(has('failed', 'none.hl7'));
    await until(has('failed', 'wrong.hl7'));
    expect(await text('failed', 'wrong.hl7.reason.txt')).toContain('207 at BTS^1^1, BTS-1 does not agree');
    expect(await text('failed', 'none.hl7.reason.txt')).toContain('100, no line of it begins with MSH');
    expect(await stored()).toEqual([]);
    await put('right.hl7', batch(2));
    await until(has('done', 'right.hl7'));
    expect(await stored()).toEqual(['C1', 'C2']);
  });

  it('is answered by a batch for each of its batches, in answers, once it is done', async () => {
    const batch = (id: string, ...messages: string[]) =>
      `BHS|^~\\&|REG|HYD|||20260301||||${id}\r${messages.join('')}BTS|${messages.length}\r`;
    const both = `${batch('B1', good('C1'), bad('C2'))}${batch('B2', good('C3'))}`;
    await put('adt.hl7', `FHS|^~\\&|REG|HYD|||20260301||||F1\r${both}FTS|2\r`);
    await until(has('done', 'adt.hl7'));
    expect(await outline('adt.hl7')).toEqual([
      ...['FHS F1', 'BHS B1', 'AA C1', 'AE C2', 'BTS 2', 'BHS B2', 'AA C3', 'BTS 1', 'FTS 2'],
    ]);
    await put('wrong.hl7', `FHS|^~\\&|REG|HYD|||20260301||||F2\r${batch('B3', good('C4'))}FTS|7\r`);
    await until(has('failed', 'wrong.hl7'));
    expect(await outline('wrong.hl7')).toEqual(['FHS F2', 'BHS B3', 'AE B3', 'BTS 1', 'FTS 1']);
    expect((await adapter.refusals()).map(({ controlId }) => controlId)).toEqual(['C2', 'B3']);
    await put('plain.hl7', `${good('C5')}${good('C6')}`);
    await until(has('done', 'plain.hl7'));
    expect(await outline('plain.hl7')).toEqual(['AA C5', 'AA C6']);
  });

  it('is answered as its source wants it: errors alone, or not at all', async () => {
    const wanting = (batchAcknowledgement: 'errors' | 'none') => {
      adapter.registry.apply(sourceOf({ facility: 'HYD', application: 'REG' }, { batchAcknowledgement }));
    };
    const batch = (...messages: string[]) => `BHS|^~\\&|REG|HYD|||20260301||||B1\r${messages.join('')}BTS|2\r`;
    wanting('errors');
    await put('errors.hl7', batch(good('C1'), bad('C2')));
    await until(has('done', 'errors.hl7'));
    expect(await outline('errors.hl7')).toEqual(['BHS B1', 'AE C2', 'BTS 1']);
    wanting('none');
    await put('none.hl7', batch(good('C3'), bad('C4')));
    await until(has('done', 'none.hl7'));
    expect(await readdir(join(folder, 'answers'))).toEqual(['errors.hl7']);
  });

  it('waits while the bus is away, and loses and doubles nothing', async () => {
    adapter.bus.isAway = true;
    await put('adt.hl7', `${good('C1')}${good('C2')}`);
    await until(async () => (await adapter.metric('mllp_publish_failures_total')) > 2);
    expect(await readdir(join(folder, 'working'))).toEqual(['adt.hl7']);
    adapter.bus.isAway = false;
    await until(has('done', 'adt.hl7'));
    expect(await stored()).toEqual(['C1', 'C2']);
    expect(await readdir(join(folder, 'failed'))).toEqual([]);
  });

  it('that an earlier run left is taken up again at the next start', async () => {
    adapter.bus.isAway = true;
    await put('adt.hl7', `${good('C1')}${good('C2')}`);
    await until(has('working', 'adt.hl7'));
    await adapter.stopAdapter();
    adapter.bus.isAway = false;
    await adapter.open(settings());
    await until(has('done', 'adt.hl7'));
    expect(await stored()).toEqual(['C1', 'C2']);
  });

  it('waits while its reasons cannot be written: nothing overtakes it, and it is refused once', async () => {
    const obstacle = join(folder, 'failed', 'adt.hl7.000002.hl7');
    await mkdir(obstacle);
    await put('adt.hl7', `${good('C1')}${bad('C2')}${good('C3')}`);
    await until(has('failed', 'adt.hl7.000002.hl7.tmp'));
    await put('later.hl7', good('C4'));
    await rm(obstacle, { recursive: true });
    await until(has('done', 'later.hl7'));
    expect(await stored()).toEqual(['C1', 'C3', 'C4']);
    expect(await text('failed', 'adt.hl7.000002.hl7')).toBe(bad('C2'));
    expect((await adapter.refusals()).map(({ controlId }) => controlId)).toEqual(['C2']);
  });

  it('may have a name as long as its file system takes', async () => {
    const name = `${'ä'.repeat(120)}.hl7`;
    await writeFile(join(folder, 'a.part'), `${good('C1')}${bad('C2')}`);
    await rename(join(folder, 'a.part'), join(folder, name));
    await until(has('done', name));
    expect(await readdir(join(folder, 'answers'))).toContain(name);
    expect((await readdir(join(folder, 'failed'))).filter((one) => one.startsWith('ä'))).toHaveLength(2);
  });

  it('that is taken out of working by hand holds back nothing', async () => {
    await adapter.stopAdapter();
    for (const name of ['a.hl7', 'b.hl7']) await writeFile(join(folder, 'working', name), good(name));
    adapter.bus.afterPublish = () => rm(join(folder, 'working', 'b.hl7'), { force: true });
    await adapter.open(settings());
    await until(has('done', 'a.hl7'));
    await put('later.hl7', good('C1'));
    await until(has('done', 'later.hl7'));
    expect(await stored()).toEqual(['a.hl7', 'C1']);
  });

  it('is left alone while it is written, and so are folders', async () => {
    await mkdir(join(folder, 'archive'));
    for (const name of ['.hidden', 'a.part', 'b.tmp']) await writeFile(join(folder, name), good(name));
    await put('adt.hl7', good('C1'));
    await until(has('done', 'adt.hl7'));
    expect((await readdir(folder)).sort()).toEqual([
      '.hidden',
      'a.part',
      'answers',
      'archive',
      'b.tmp',
      'done',
      'failed',
      'working',
    ]);
    expect(await stored()).toEqual(['C1']);
  });

  it('of 200 MB takes no more memory than a small one', async () => {
    const file = createWriteStream(join(folder, 'large.part'));
    // Refused by type at once: what is measured is the way there, not the bus.
    adapter.registry.apply(sourceOf({ facility: 'HYD', application: 'REG' }, { messageTypes: ['ORU^*'] }));
    const message = Buffer.from(messageOf({ controlId: 'L', more: [`NTE|1||${'x'.repeat(1_000_000)}`] }));
    for (let n = 0; n < 200; n++) if (!file.write(message)) await once(file, 'drain');
    file.end();
    await once(file, 'close');
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    await rename(join(folder, 'large.part'), join(folder, 'large.hl7'));
    await until(has('done', 'large.hl7'), 60_000);
    clearInterval(watch);
    expect(await adapter.metric('mllp_messages_total', { answer: 'AR' })).toBe(200);
    expect(most - before).toBeLessThan(150 * 1024 * 1024);
  }, 90_000);
});
