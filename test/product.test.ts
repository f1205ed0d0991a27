import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const product = resolve('dist/product');
const packages = JSON.parse(readFileSync(join(product, 'packages.json'), 'utf8')) as Record<string, string[]>;

describe('the bundled product', () => {
  it('has a file for every thread that a source starts', () => {
    const sources = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .map((file) => readFileSync(join(folder, file), 'utf8')),
    );
    const threads = sources.flatMap((text) => [...text.matchAll(/new Worker\(new URL\('\.\/([^']+)'/g)]);
    expect(threads.length).toBeGreaterThan(0);
    expect(readdirSync(product)).toEqual(expect.arrayContaining(threads.map(([, file]) => file)));
  });

  it('names lines of the sources in a stack trace', async () => {
    const program = `const { writeWhole } = await import('${join(product, 'cluster-sandbox.js')}');
      await writeWhole('/dev/null', 'name', { content: '', mode: 0o600 });`;
    const args = ['--enable-source-maps', '--input-type=module', '-e', program];
    const stack = expect.stringMatching(/at async writeWhole \(.*\/apps\/standalone\/src\/sandbox-file\.ts:\d+:\d+\)/);
    await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({ stderr: stack });
  });

  it('keeps the licence of every package that is in it', () => {
    const licences = readFileSync(join(product, 'LICENCES.txt'), 'utf8');
    const names = new Set(Object.values(packages).flat());
    expect(names).toContain('typeorm');
    const missing = [...names].filter((name) => !new RegExp(`^${name} \\d`, 'm').test(licences));
    expect(missing).toEqual([]);
  });

  it('imports no package that `npm ci --omit=dev` leaves out', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { dev?: true }> };
    const texts = Object.keys(packages).map((file) => readFileSync(join(product, file), 'utf8'));
    const imported = /^import\b[^'"\n]*["']((?:@[a-z0-9.-]+\/)?[a-z0-9.-]+)(?:\/[^"'\n]*)?["'];$/gm;
    const names = new Set(texts.flatMap((text) => [...text.matchAll(imported)].map(([, name = '']) => name)));
    const kept = [...names].filter((name) => !isBuiltin(name) && !name.startsWith('.'));
    expect(kept).toEqual(expect.arrayContaining(['libsql', 'pino', '@grpc/grpc-js']));
    expect(kept.filter((name) => lock.packages[`node_modules/${name}`]?.dev !== undefined)).toEqual([]);
    expect(kept.filter((name) => !(`node_modules/${name}` in lock.packages))).toEqual([]);
  });

  it('holds one copy of what decorators write to and Nest reads', () => {
    for (const name of ['class-validator', 'class-transformer', 'reflect-metadata'])
      expect(Object.values(packages).filter((names) => names.includes(name))).toHaveLength(1);
    const texts = Object.keys(packages).map((file) => readFileSync(join(product, file), 'utf8'));
    // What is left of it would be found in node_modules.
    expect(texts.filter((text) => /\brequire\$?\d*\("class-(validator|transformer)/.test(text))).toEqual([]);
  });
});
