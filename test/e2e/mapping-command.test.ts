import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const command = 'dist/product/mapping.js';
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-mapping-command-'));
});
afterEach(() => rm(directory, { recursive: true }));

function mapping(...parameters: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [command, ...parameters],
      { env: { PATH: process.env['PATH'] } },
      (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

async function written(...lines: readonly string[]): Promise<string> {
  const path = join(directory, 'mapping.yaml');
  await writeFile(path, lines.join('\n'));
  return path;
}

it('finds the mappings of the two example hospitals right', async () => {
  for (const hospital of ['hospital-one', 'hospital-two'])
    expect(await mapping('check', `samples/${hospital}/mapping.yaml`, '--offline')).toEqual({
      ...{ code: 0, stderr: '', stdout: 'the file is right: 3 tables\n' },
    });
});

it('names all that is wrong in a file as lines that editors open, with exit status 1', async () => {
  const path = await written(
    'name: wrong',
    'version: 1',
    'source: { facility: H, application: A, zone: Karachi, kind: access, connection: { path: x.accdb } }',
    'tables:',
    '  doctors: { key: id, resource: Practitioner, elements: { nam: title } }',
  );
  const { code, stderr } = await mapping('check', path);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    `${path}:3:40 source.zone: no IANA time zone (Asia/Karachi)`,
    `${path}:5:59 tables.doctors.elements.nam: Practitioner has no element "nam"; near: name`,
  ]);
});

it('says with exit status 2 what cannot be read, and never takes a password from a URL', async () => {
  expect(await mapping('check', join(directory, 'none.yaml'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot be read'),
  });
  const started = await mapping('starter', '--kind', 'mysql', '--url', 'mysql://reader:sesame@127.0.0.1:1/hospital');
  expect(started).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--password-variable') });
  expect(started.stderr).not.toContain('sesame');
});

it('prints the schema of a file for editors', async () => {
  const { stdout } = await mapping('schema');
  expect(JSON.parse(stdout)).toMatchObject({
    title: 'Anamnesis row mapping',
    required: expect.arrayContaining(['tables']),
  });
});

const file = resolve(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'dbchange/access/hospital-2003-v1.mdb');
const hasCorpus = existsSync(file);
if (!hasCorpus) console.warn('SKIPPED: the mapping command on an Access file, CORPUS_DIR/dbchange is not there');

(hasCorpus ? describe : describe.skip)('of an Access file', () => {
  it('begins a mapping, finds it right, and shows what its rows become', async () => {
    const starter = await mapping(
      'starter',
      '--kind',
      'access',
      '--file',
      file,
      '--facility',
      'HYD',
      '--zone',
      'Asia/Karachi',
    );
    expect(starter).toMatchObject({ code: 0, stderr: '' });
    const path = await written(starter.stdout);
    const checked = await mapping('check', path);
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('Patients: 60 rows read, 60 mapped') });
    const shown = await mapping('preview', path, '--rows', '1', '--table', 'Patients');
    expect(shown.stdout).toMatch(/^# Patients: 1 rows\npatient\.registered of /);
    expect(shown.stdout).toContain('"resourceType": "Patient"');
  });
});
