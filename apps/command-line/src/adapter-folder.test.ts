import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { adapterFolder } from './adapter-folder.js';

const directory = mkdtempSync(join(tmpdir(), 'anamnesis-folder-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

it('a data directory on which no database adapter ran is not one without held files and parked rows', () => {
  expect(() => adapterFolder(directory)).toThrow('adapter-db is not there: DATA_DIR names');
  mkdirSync(join(directory, 'adapter-db'));
  expect(adapterFolder(directory)).toBe(join(directory, 'adapter-db'));
});
