// Makes `dist/product` of what `nest build standalone` compiled: a file for each process, thread and command, beside the
// chunks that they share. Loading thousands of modules one by one was half of what a start costs, so this is what everybody
// starts: npm, the stack and the tests. tsc has been there before: what decorators say of types is in it.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { entries } from './entries.mjs';
import { licencesOf, packageOf } from './licences.mjs';

const compiled = resolve('dist/apps/standalone');
const product = 'dist/product';

/** They stay in node_modules. */
const external = [
  // They find files of their own by their place: binaries, threads, scripts, protocols, pages.
  ...['libsql', 'lz4-napi', 'pino', 'bull', /^@grpc\//, /^@hyperledger\//, /^swagger-ui-dist/],
  // Nest asks for them and does without.
  ...['@fastify/static', '@nats-io/transport-node', '@nestjs/websockets/socket-module.js'],
  ...['amqp-connection-manager', 'mqtt', 'class-transformer/storage'],
];

/** Compiled modules with their maps, so that a stack trace names lines of the sources. */
const sources = {
  name: 'sources',
  load: (id) =>
    id.startsWith(compiled)
      ? { code: readFileSync(id, 'utf8'), map: JSON.parse(readFileSync(`${id}.map`, 'utf8')) }
      : undefined,
};

/**
 * Nest's mapped types ask a `require` of their own for class-validator and class-transformer. That would be a second copy,
 * which knows nothing of what decorators told the one in here.
 */
const mappedTypes = {
  name: 'mapped-types',
  transform: (code, id) => {
    if (!id.endsWith('@nestjs/mapped-types/dist/type-helpers.utils.js')) return undefined;
    const own = 'const require = createRequire(import.meta.url);';
    if (!code.includes(own)) throw new Error(`${id} is another one than this build knows`);
    return { code: code.replace(own, ''), map: null };
  },
};

const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(compiled, `${path}.js`)])),
  platform: 'node',
  external,
  plugins: [sources, mappedTypes],
  // A module that is not found would be missed at run time only.
  onLog: (level, { message }) => {
    if (level === 'warn') throw new Error(message);
  },
});
const { output } = await bundle.write({
  dir: product,
  cleanDir: true,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: ({ name }) => (name.startsWith('packages') ? 'packages-[hash].js' : '[name].js'),
  // Packages stand apart from what is ours; what only some of the entries and dynamic imports use, by itself.
  codeSplitting: { groups: [{ name: 'packages', test: /\/node_modules\//, entriesAware: true }] },
  // As if each were loaded by itself: metadata is declared before the first decorator runs.
  strictExecutionOrder: true,
  // TypeORM, Nest and logs call classes by their names.
  keepNames: true,
  sourcemap: 'hidden',
  sourcemapExcludeSources: true,
});
await bundle.close();

const chunks = output.filter(({ type }) => type === 'chunk');
for (const { fileName, moduleIds } of chunks) {
  // Node reads every map that is named when it loads a file, and those of packages are most of them.
  const isOurs = moduleIds.some((id) => packageOf(id) === undefined);
  if (isOurs) appendFileSync(join(product, fileName), `//# sourceMappingURL=${fileName}.map\n`);
  else rmSync(join(product, `${fileName}.map`), { force: true });
}
const moduleIds = chunks.flatMap((chunk) => chunk.moduleIds);
writeFileSync(join(product, 'LICENCES.txt'), licencesOf(moduleIds));
writeFileSync(join(product, 'packages.json'), `${JSON.stringify(packagesOf(chunks), null, 2)}\n`);

/** Which packages each chunk holds. */
function packagesOf(all) {
  const namesOf = ({ moduleIds }) => [...new Set(moduleIds.flatMap((id) => packageOf(id)?.name ?? []))].sort();
  return Object.fromEntries(all.map((chunk) => [chunk.fileName, namesOf(chunk)]));
}
