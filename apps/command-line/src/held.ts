import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { adapterFolderOrExit } from './adapter-folder.js';

/**
 * `held`: Access files that the database adapter does not believe, and why. `held accept <source>`: lets in the very file
 * that is held for that source; any other is judged again.
 */
const folder = adapterFolderOrExit();
const [command, source] = process.argv.slice(2);

if (command === undefined) list();
else if (command === 'accept' && source !== undefined) accept(source);
else fail('usage: held | held accept <source>');

function list(): void {
  const notes = existsSync(join(folder, 'held')) ? readdirSync(join(folder, 'held')) : [];
  const names = notes.filter((name) => name.endsWith('.json'));
  for (const name of names) {
    const { reason, text, since, digest } = JSON.parse(readFileSync(join(folder, 'held', name), 'utf8')) as Record<
      string,
      string
    >;
    const short = digest?.slice(0, 12) ?? '';
    process.stdout.write(`${name.slice(0, -5)}\t${reason ?? ''}\t${text ?? ''}\tsince ${since ?? ''}\tfile ${short}\n`);
  }
  if (names.length === 0) process.stdout.write('no file is held\n');
}

function accept(name: string): void {
  const note = join(folder, 'held', `${name}.json`);
  if (!existsSync(note)) fail(`no file is held for ${name}`);
  renameSync(note, join(folder, 'accepted', `${name}.json`));
  process.stdout.write(`${name}: the file is let in at the next look\n`);
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}
