import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { identities, readings, serviceNames } from './identities.js';

const apps = fileURLToPath(new URL('../../../../../apps', import.meta.url));
const pattern = /@EventPattern\('([\w.-]+)', \{ group: '([\w-]+)'(?:, from: '(\w+)')? \}\)/g;
const publishing = /\.publish\(\s*'([\w.-]+)'/g;

/** `[app, text]` of every source file of the apps that is no test. */
async function sources(): Promise<readonly (readonly [string, string])[]> {
  const names = await readdir(apps, { recursive: true });
  const files = names.filter((name) => /^[\w-]+\/src\/.*(?<!\.test)\.ts$/.test(name));
  return Promise.all(
    files.map(async (name) => [name.split('/')[0] ?? '', await readFile(join(apps, name), 'utf8')] as const),
  );
}

describe('the table of who writes and reads what', () => {
  it('has every @EventPattern of the apps, and no other but those of adapters yet to come', async () => {
    const used = (await sources()).flatMap(([, text]) =>
      [...text.matchAll(pattern)].map(([, topic, group, from = 'group']) => ({ topic, group, from })),
    );
    expect(used.length).toBeGreaterThan(5);
    for (const one of used) expect(readings()).toContainEqual(one);
    const groups = new Set(used.map(({ group }) => group));
    for (const one of readings()) if (groups.has(one.group)) expect(used).toContainEqual(one);
  });

  it('lets every app write what it publishes by name', async () => {
    const published = (await sources()).flatMap(([app, text]) =>
      [...text.matchAll(publishing)].map(([, topic]) => ({ app, topic })),
    );
    expect(published.length).toBeGreaterThan(3);
    for (const { app, topic } of published) {
      const identity = Object.entries(identities).find(([name]) => name === app)?.[1];
      expect({ app, writes: identity?.writes }).toEqual({ app, writes: expect.arrayContaining([topic]) });
    }
  });

  it('lets registration alone write what is certified, and the ledger writer alone what is anchored', () => {
    const writersOf = (topic: string) =>
      serviceNames.filter((name) => (identities[name].writes as readonly string[]).includes(topic));
    expect(writersOf('clinical.certified')).toEqual(['registration']);
    expect(writersOf('clinical.tested')).toEqual(['registration']);
    expect(writersOf('clinical.anchored')).toEqual(['ledger-writer']);
  });
});
