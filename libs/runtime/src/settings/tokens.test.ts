import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Keys } from './keys.js';
import { readSettings, Settings } from './settings.js';
import { Tokens } from './tokens.js';

const keys = Keys.of(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
const token = (letter: string) => letter.repeat(32);

describe('tokens', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-tokens-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const open = (environment: Record<string, string> = {}) =>
    Tokens.open(readSettings(Settings, { DATA_DIR: directory, ...environment }), keys);
  const openFile = async (texts: object) => {
    const path = join(directory, 'given.json');
    await writeFile(path, JSON.stringify(texts));
    return open({ TOKENS_FILE: path });
  };

  it('are made once, one a role, and found again', async () => {
    const { texts } = await open();
    expect(Object.keys(texts)).toEqual(['admin', 'clinician', 'sender', 'integrator']);
    expect(new Set(Object.values(texts)).size).toBe(4);
    const again = await open();
    expect(again.texts).toEqual(texts);
    for (const role of ['admin', 'clinician', 'sender', 'integrator'] as const)
      expect(again.roleOf(texts[role] ?? '')).toBe(role);
    expect(again.roleOf(token('x'))).toBeUndefined();
  });

  it('may leave out senders and integrators, and nobody is one then', async () => {
    const { texts } = await openFile({ admin: token('a'), clinician: token('c') });
    expect(texts).toEqual({ admin: token('a'), clinician: token('c') });
  });

  it.each([
    { admin: token('a') },
    { admin: token('a'), clinician: token('a') },
    { admin: token('a'), clinician: token('c'), integrator: token('c') },
    { admin: token('a'), clinician: token('c'), sender: 'short' },
  ])('are refused when one is missing, short, or another role has it too: %j', async (texts) => {
    await expect(openFile(texts)).rejects.toThrow('different tokens');
  });
});
