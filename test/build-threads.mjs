// Jest's global setup: the sources of the threads that suites start, translated once and module by module, in .cache/threads.
// A thread that has modules translated as it loads them needs another thread for that, and costs twice as much.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { threads } from '../scripts/entries.mjs';

const root = resolve(import.meta.dirname, '..');
const directory = join(root, '.cache/threads');

export default async function buildThreads() {
  const bundle = await rolldown({
    input: threads.map((path) => join(root, `${path}.ts`)),
    platform: 'node',
    external: (id) => !/^[./]|^@anamnesis\//.test(id),
    resolve: { extensionAlias: { '.js': ['.ts'] } },
    plugins: [{ name: 'libs', resolveId }],
  });
  const { output } = await bundle.generate({ format: 'esm', preserveModules: true, preserveModulesRoot: root });
  await bundle.close();
  for (const { fileName, code } of output) write(join(directory, fileName), code);
}

function resolveId(id) {
  return id.startsWith('@anamnesis/') ? join(root, 'libs', id.slice('@anamnesis/'.length), 'src/index.ts') : null;
}

/** Another run on the same tree may be reading it. */
function write(file, code) {
  if (existsSync(file) && readFileSync(file, 'utf8') === code) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
}
