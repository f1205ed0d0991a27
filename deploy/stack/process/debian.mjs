import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { underLock } from './lock.mjs';
import { findCommand, MissingToolchain, runTool } from './toolchain.mjs';
import { step } from '../progress.mjs';

/** One runtime per process: these must be the very ones that the dynamic linker of this system belongs to. */
const ownedBySystem = /^(libc6|libgcc-s1|libstdc\+\+6|gcc-.*-base)$/;
const isLibrary = /^(lib.+|zlib1g)$/;
const levelsMax = 6;

/**
 * Debian packages unpacked into a directory of their own, with the shared libraries they need: no root, nothing
 * installed, no service started. `follows` names packages that come along as libraries do. Gives back `{ root, environment }`;
 * `environment` is for every program in it.
 */
export async function unpackDebian({ name, packages, follows = isLibrary, cacheDirectory, log }) {
  const base = join(cacheDirectory, 'debian');
  const root = join(base, name);
  if (!existsSync(root)) {
    requireApt(name);
    await underLock(join(base, 'lock.db'), async () => {
      if (!existsSync(root))
        await step(log, `${name}: fetching Debian packages`, () => fetchInto(root, { packages, follows }));
    });
  }
  return { root, environment: { LD_LIBRARY_PATH: libraryDirectories(root).join(':') } };
}

function requireApt(name) {
  const missing = ['apt-get', 'apt-cache', 'dpkg-deb'].filter((tool) => findCommand(tool) === undefined);
  if (missing.length > 0)
    throw new MissingToolchain(
      `${name} is neither on PATH nor can Debian's packages be fetched (${missing.join(', ')} missing): install ${name}`,
    );
}

async function fetchInto(root, { packages, follows }) {
  const base = dirname(root);
  const draft = mkdtempSync(`${root}-draft-`);
  try {
    const download = join(draft, 'packages');
    mkdirSync(download);
    await downloadAll({ packages, follows }, { download, base });
    const tree = join(draft, 'root');
    for (const file of readdirSync(download)) await runTool('dpkg-deb', ['-x', join(download, file), tree]);
    renameSync(tree, root);
  } catch (error) {
    throw new MissingToolchain(`Debian packages ${packages.join(', ')} cannot be fetched: ${error.message}`, {
      cause: error,
    });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** By the system's package lists; where those are absent or out of date, by lists of our own. */
async function downloadAll(wanted, { download, base }) {
  try {
    await downloadWith([], { wanted, download });
  } catch {
    const own = await ownLists(join(base, 'apt'));
    await downloadWith(own, { wanted, download });
  }
}

async function downloadWith(options, { wanted, download }) {
  const all = await withLibraries(wanted, options);
  await runTool('apt-get', ['-q', ...options, 'download', ...all], { cwd: download });
}

/** `apt-get update` beside the system's own state, which belongs to root. A source that is away fails nothing yet. */
async function ownLists(directory) {
  for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(directory, part), { recursive: true });
  const options = ['-o', `Dir::State::Lists=${directory}/lists`, '-o', `Dir::Cache=${directory}/cache`];
  // As root apt would fetch as a user of its own, who may not write here.
  const update = ['-q', ...options, '-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root', 'update'];
  await runTool('apt-get', update).catch(() => undefined); // the download says what is missing
  return options;
}

/** The packages and every library below them, one `apt-cache` call a level. */
async function withLibraries({ packages, follows }, options) {
  const all = new Set(packages);
  let level = packages;
  for (let depth = 0; level.length > 0 && depth < levelsMax; depth++) {
    const next = (await dependencies(level, options)).filter(
      (name) => (isLibrary.test(name) || follows.test(name)) && !ownedBySystem.test(name) && !all.has(name),
    );
    for (const name of next) all.add(name);
    level = next;
  }
  return [...all];
}

async function dependencies(packages, options) {
  const { stdout } = await runTool('apt-cache', [...options, 'depends', '--important', ...packages]);
  // Alternatives begin with `|`, virtual packages are in angle brackets: the plain name is the one that Debian ships.
  const names = [...stdout.matchAll(/^ {2}(?:Pre)?Depends: ([a-z0-9][a-z0-9.+-]*)$/gm)].map(([, name]) => name);
  return [...new Set(names)];
}

function libraryDirectories(root) {
  return ['usr/lib', 'lib'].flatMap((part) => {
    const directory = join(root, part);
    if (!existsSync(directory)) return [];
    const triplets = readdirSync(directory).filter((name) => name.includes('-linux-'));
    return [directory, ...triplets.map((name) => join(directory, name))];
  });
}
