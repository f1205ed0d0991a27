// What is copied into the product of others keeps its licence beside it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const pattern = /^(.*\/node_modules\/(@[^/]+\/[^/]+|[^/]+))\//;

/** Name and folder of the package that a module belongs to; nothing for a module of ours. */
export function packageOf(moduleId) {
  const [, folder, name] = pattern.exec(moduleId) ?? [];
  return folder === undefined ? undefined : { name, folder };
}

/** One text for all of them: name, version, licence, and the words of its file. */
export function licencesOf(moduleIds) {
  const folders = new Set(moduleIds.flatMap((id) => packageOf(id)?.folder ?? []));
  return [...folders]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n').concat('\n');
}
