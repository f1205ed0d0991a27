import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { step } from '../progress.mjs';
import { underLock } from './lock.mjs';
import { findCommand, MissingToolchain, runTool } from './toolchain.mjs';

const javaMajorMin = 17;

/** The path of a Java that is new enough, and what it calls itself. `what` needs it, for the message. */
export async function findJava(what) {
  const home = process.env.JAVA_HOME;
  const java = home && existsSync(join(home, 'bin', 'java')) ? join(home, 'bin', 'java') : findCommand('java');
  if (java === undefined)
    throw new MissingToolchain(
      `${what} needs Java ${javaMajorMin} or newer on PATH or in JAVA_HOME (Debian: openjdk-17-jre-headless)`,
    );
  const { output: version } = await runTool(java, ['-version']);
  const major = Number(/version "(\d+)/.exec(version)?.[1]);
  if (!(major >= javaMajorMin))
    throw new MissingToolchain(`${what} needs Java ${javaMajorMin} or newer; ${java} is ${version.split('\n')[0]}`);
  return { java, version };
}

/**
 * Java, and the jars that `pom` names, fetched once per content of it into the folder `name` of the cache:
 * `{ java, classPath }`.
 */
export async function provisionJars({ what, name, pom, cacheDirectory, log }) {
  const { java } = await findJava(what);
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const directory = join(cacheDirectory, name);
  const libraries = join(directory, hash, 'lib');
  if (!existsSync(libraries))
    await underLock(join(directory, 'lock.db'), async () => {
      if (existsSync(libraries)) return;
      await step(log, `${name}: fetching the jars`, () => fetchJars({ what, pom, libraries }));
    });
  return { java, classPath: join(libraries, '*') };
}

/** Has Maven put the jars that `pom` names into the folder `libraries`, which appears when all are there. */
export async function fetchJars({ what, pom, libraries }) {
  const maven = findCommand('mvn');
  if (maven === undefined)
    throw new MissingToolchain(`${what} is fetched by Maven: mvn is not on PATH (Debian: maven)`);
  const directory = dirname(libraries);
  mkdirSync(directory, { recursive: true });
  const draft = mkdtempSync(join(directory, 'draft-'));
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`];
    await runTool(maven, ['-q', '-B', '-f', pom, ...goal], { cwd: directory });
    renameSync(draft, libraries);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new MissingToolchain(`Maven could not fetch ${what}: ${error.message}`, { cause: error });
  }
}
