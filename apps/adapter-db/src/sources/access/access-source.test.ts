import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WatchedFile, type WatchOptions } from '../../../test/watched-file.js';
import { AccessWriter } from '../../../test/access-writer.js';
import { encryptAccess } from '../../../test/encrypted-access.js';
import type { Position } from '../row-source.js';

const writer = await AccessWriter.start();
afterAll(() => writer?.end());

const secret = randomBytes(32);
const reading = { quietMs: 20, lockedQuietMs: 40, readsMax: 3, fileBytesMax: 64 * 1024 * 1024 };
let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'access-source-'));
  path = join(directory, 'hospital.accdb');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const hourMs = 60 * 60 * 1000;

const persons = (): WatchOptions => ({
  directory,
  path,
  reading,
  secret,
  tables: [{ table: 'Persons', key: ['Number'] }],
});
const start = (from?: Position, more: Partial<WatchOptions> = {}) => WatchedFile.start({ ...persons(), ...more }, from);
/** A start whose first delivery fails. */
const fail = (from: Position) => WatchedFile.fail(persons(), from);

const known: Position = { pending: 1 };

(writer ? describe : describe.skip)('an Access file as a source', () => {
  const hospital = writer as AccessWriter;

  it.each(['V2000', 'V2003', 'V2010', 'V2016'])('tells the rows of a %s file as they are stored', async (format) => {
    path = join(directory, format < 'V2007' ? 'hospital.mdb' : 'hospital.accdb');
    await hospital.tell('create', path, format, 4);
    const watched = await start();
    await watched.stop();
    // They come in the order of hashes of their keys.
    const changes = [...watched.take()].sort((a, b) => Number(a.key[0]) - Number(b.key[0]));
    expect(changes.map(({ op, key }) => [op, key])).toEqual([1, 2, 3, 4].map((number) => ['r', [number]]));
    expect(changes[0]).toMatchObject({ table: 'Persons', position: 'snapshot-1' });
    // Born: 18 hours before the day on which Access counts from, and the day itself.
    expect(changes.slice(0, 2).map(({ after }) => after)).toEqual([
      {
        ...{
          Number: 1,
          Name: 'Person 1 شخص',
          Born: '1899-12-29 06:00:00',
          Owes: '99.9900',
          Factor: 99.9,
          Weight: 0.1,
        },
        ...{ Remark: null, Active: true, Mark: '00000000-0000-4000-8000-000000000001' },
      },
      {
        ...{
          Number: 2,
          Name: 'Person 2 شخص',
          Born: '1899-12-30 00:00:00',
          Owes: '-20.2500',
          Factor: 99.9,
          Weight: 0.2,
        },
        ...{ Remark: null, Active: true, Mark: '00000000-0000-4000-8000-000000000002' },
      },
    ]);
  });

  it('tells inserts, updates and deletes with what was before, and nothing of what is as it was', async () => {
    await hospital.tell('create', path, 'V2010', 30);
    const watched = await start();
    watched.take();
    await hospital.tell('insert', path, 31, 1);
    await hospital.tell('rename', path, 7, 'Renamed');
    await hospital.tell('delete', path, 3, 1);
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { r: 1, u: 1, d: 1 } });
    const told = watched.take().map(({ op, before, after }) => [op, before?.['Name'], after?.['Name']]);
    expect(told.sort()).toEqual([
      ['c', undefined, 'Person 31 شخص'],
      ['d', 'Person 3 شخص', undefined],
      ['u', 'Person 7 شخص', 'Renamed'],
    ]);
    expect(await watched.look()).toEqual({ state: 'same' });
    await watched.stop();
  });

  it('reads a file by another password as soon as it is told that', async () => {
    await hospital.tell('create', path, 'V2010', 3);
    await writeFile(path, encryptAccess(await readFile(path), { kind: 'rc4', bits: 128 }, 'new'));
    let password = 'old';
    const reports: unknown[] = [];
    const watched = await start(undefined, { passwordOf: () => password });
    reports.push(await watched.look());
    password = 'new';
    reports.push(await watched.look());
    expect(reports).toMatchObject([{ fault: { code: 'access-password' } }, { state: 'taken', counts: { r: 3 } }]);
    await watched.stop();
  });

  it('knows rows that Access moved to another page, and those of them that were deleted', async () => {
    await hospital.tell('create', path, 'V2003', 60);
    const watched = await start();
    const long = 'A name that is too long for the page '.repeat(2);
    for (let number = 1; number <= 20; number++) await hospital.tell('rename', path, number, long);
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { r: 0, u: 20, d: 0 } });
    await hospital.tell('delete', path, 11, 10);
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { r: 0, u: 0, d: 10 } });
    await hospital.tell('rename', path, 1, 'Short again');
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { r: 0, u: 1, d: 0 } });
    await watched.stop();
  });

  it('goes on after a restart where it was, and tells again, unchanged, what was kept and not delivered', async () => {
    await hospital.tell('create', path, 'V2010', 5);
    await (await start()).stop();
    await hospital.tell('rename', path, 1, 'Between');
    await fail(known);
    await hospital.tell('rename', path, 1, 'Person 1 شخص');
    const second = await start(known);
    await second.stop();
    expect(second.take().map(({ after, position }) => [after?.['Name'], position])).toEqual([
      ['Between', 'snapshot-2'],
      ['Person 1 شخص', 'snapshot-3'],
    ]);
  });

  it('tells nothing of a file that is being written, and then what it became', async () => {
    await hospital.tell('create', path, 'V2010', 50);
    const watched = await start(undefined, { reading: { ...reading, quietMs: 500, readsMax: 2 } });
    watched.take();
    await hospital.tell('write', path);
    expect(await watched.look()).toMatchObject({ state: 'fault', fault: { code: 'access-file-busy' } });
    expect(watched.take()).toEqual([]);
    await hospital.tell('rest');
    expect(await watched.look()).toMatchObject({ state: 'taken' });
    await watched.stop();
    const changes = watched.take();
    expect(changes.length).toBeGreaterThan(0);
    for (const { after } of changes) expect(after?.['Remark']).toMatch(/^round \d+$/);
  });

  it('holds a file that lost its rows until a person lets that very file in', async () => {
    await hospital.tell('create', path, 'V2010', 40);
    const watched = await start();
    watched.take();
    await hospital.tell('delete', path, 1, 20);
    const [note, accepted] = [join(directory, 'held/hospital.json'), join(directory, 'accepted/hospital.json')];
    const held = { reason: 'rows-lost', text: 'table Persons: 20 of 40 rows are gone' };
    expect(await watched.look()).toMatchObject({ state: 'held', held });
    expect(await watched.look()).toMatchObject({ state: 'held', held });
    expect(watched.take()).toEqual([]);
    await writeFile(accepted, JSON.stringify({ digest: '0'.repeat(64) }));
    expect(await watched.look()).toMatchObject({ state: 'held', held });
    await rename(note, accepted);
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { r: 0, u: 0, d: 20 } });
    expect(watched.take().map(({ op }) => op)).toEqual(Array(20).fill('d'));
    await expect(stat(note)).rejects.toThrow('ENOENT');
    await watched.stop();
  });

  it('holds a backup put in place of the file, and lets go when the file is back', async () => {
    await hospital.tell('create', path, 'V2010', 30);
    // Never read: it is known by its rows alone.
    await copyFile(path, `${path}.backup`);
    await hospital.tell('rename', path, 4, 'Before');
    const watched = await start();
    for (const number of [1, 2, 3]) await hospital.tell('rename', path, number, 'Later');
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { r: 0, u: 3, d: 0 } });
    watched.take();
    const later = await readFile(path);
    await copyFile(`${path}.backup`, path);
    await utimes(path, new Date(), new Date());
    expect(await watched.look()).toMatchObject({ state: 'held', held: { reason: 'older-file' } });
    await writeFile(path, later);
    expect(await watched.look()).toEqual({ state: 'same' });
    await expect(stat(join(directory, 'held/hospital.json'))).rejects.toThrow('ENOENT');
    expect(watched.take()).toEqual([]);
    await watched.stop();
  });

  it('waits while our clock is before the last read, and goes on when it is right again', async () => {
    await hospital.tell('create', path, 'V2010', 3);
    let now = Date.now();
    const watched = await start(undefined, { now: () => now });
    watched.take();
    await hospital.tell('rename', path, 1, 'Renamed');
    now -= hourMs;
    expect(await watched.look()).toMatchObject({ state: 'held', held: { reason: 'clock-back' } });
    now += 2 * hourMs;
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { u: 1 } });
    await watched.stop();
  });

  it('waits for a share that is away or half copied, and takes no row for deleted meanwhile', async () => {
    await hospital.tell('create', path, 'V2010', 30);
    const watched = await start();
    watched.take();
    const whole = await readFile(path);
    await rm(path);
    expect(await watched.look()).toMatchObject({ state: 'fault', fault: { code: 'access-file-missing' } });
    await writeFile(path, whole.subarray(0, whole.length / 2));
    const half = await watched.look();
    expect(half).toMatchObject({ state: 'fault', fault: { code: expect.stringMatching(/^access-/) as unknown } });
    await writeFile(path, whole);
    expect(await watched.look()).toEqual({ state: 'same' });
    expect(watched.take()).toEqual([]);
    await watched.stop();
  });

  it('reports a column that was added, and changes no row for it', async () => {
    await hospital.tell('create', path, 'V2010', 5);
    const watched = await start();
    await hospital.tell('column', path, 'Ward');
    const drift = [{ table: 'Persons', column: 'Ward', change: 'added' }];
    expect(await watched.look()).toMatchObject({ state: 'taken', counts: { r: 0, u: 0, d: 0 }, drift });
    await watched.stop();
  });

  it('keeps no value of a row in the clear', async () => {
    await hospital.tell('create', path, 'V2010', 5);
    await (await start()).stop();
    expect((await readFile(join(directory, 'book.db'))).includes('Person')).toBe(true);
    expect((await readFile(join(directory, 'book.db'))).includes('Person 1')).toBe(false);
  });
});
