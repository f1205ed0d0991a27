import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
