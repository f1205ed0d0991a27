import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackDebian } from '../process/debian.mjs';
import { ignoresPath } from '../process/program.mjs';
import { findCommand, MissingToolchain } from '../process/toolchain.mjs';

/** Where Debian has the programs of each major version, beside PATH. */
const versionsDirectory = ['usr', 'lib', 'postgresql'];
const needed = ['postgres', 'initdb', 'psql'];

/**
 * The programs of PostgreSQL, which stand in one directory: of this machine, else Debian's. `{ programs, environment }`;
 * throws MissingToolchain.
 */
export async function findPostgres({ cacheDirectory, log }) {
  const installed = ignoresPath() ? undefined : (besidePath() ?? newestBelow('/'));
  if (installed !== undefined) return { programs: installed, environment: {} };
  // Packages without a version in their name depend on the version of this Debian.
  const packages = ['postgresql', 'postgresql-client'];
  const { root, environment } = await unpackDebian({
    ...{ name: 'postgresql', packages, follows: /^postgresql(-client)?-\d+$/, cacheDirectory, log },
  });
  const programs = newestBelow(root);
  if (programs === undefined) throw new MissingToolchain(`Debian's PostgreSQL in ${root} lacks ${needed.join(' or ')}`);
  return { programs, environment };
}

function besidePath() {
  const file = findCommand('postgres');
  if (file === undefined) return undefined;
  const directory = dirname(realpathSync(file));
  return isWhole(directory) ? directory : undefined;
}

function newestBelow(root) {
  const base = join(root, ...versionsDirectory);
  if (!existsSync(base)) return undefined;
  const versions = readdirSync(base).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(base, version, 'bin')).find(isWhole);
}

function isWhole(directory) {
  return needed.every((name) => existsSync(join(directory, name)));
}
