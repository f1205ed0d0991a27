import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { underLock } from '../process/lock.mjs';
import { findCommand, MissingToolchain, runTool } from '../process/toolchain.mjs';
import { step } from '../progress.mjs';

const javaMajorMin = 17;
const pom = join(import.meta.dirname, 'pom.xml');

/**
 * Java, and the jars of a broker from Maven, fetched once per content of `pom.xml` and Java. `train(kit)` starts and
 * stops one broker, so that its JVM writes the class archive that halves every later start.
 */
export async function provisionKafkaJars({ cacheDirectory, log, train }) {
  const java = findJava();
  const { output: version } = await runTool(java, ['-version']);
  const major = Number(/version "(\d+)/.exec(version)?.[1]);
  if (!(major >= javaMajorMin))
    throw new MissingToolchain(`Kafka needs Java ${javaMajorMin} or newer; ${java} is ${version.split('\n')[0]}`);
  const hash = createHash('sha256').update(readFileSync(pom)).update(version).digest('hex').slice(0, 12);
  const directory = join(cacheDirectory, 'kafka', hash);
  const kit = { java, libraries: join(directory, 'lib'), archive: join(directory, 'kafka.jsa') };
  if (!existsSync(kit.archive))
    await underLock(join(cacheDirectory, 'kafka', 'lock.db'), async () => {
      if (!existsSync(kit.libraries)) await step(log, 'kafka: fetching the jars', () => fetchJars(kit, directory));
      if (!existsSync(kit.archive)) await step(log, 'kafka: preparing the class archive', () => train(kit));
    });
  return kit;
}

function findJava() {
  const home = process.env.JAVA_HOME;
  const java = home && existsSync(join(home, 'bin', 'java')) ? join(home, 'bin', 'java') : findCommand('java');
  if (java === undefined)
    throw new MissingToolchain(
      `Kafka needs Java ${javaMajorMin} or newer on PATH or in JAVA_HOME (Debian: openjdk-17-jre-headless)`,
    );
  return java;
}

async function fetchJars(kit, directory) {
  const maven = findCommand('mvn');
  if (maven === undefined) throw new MissingToolchain('Kafka is fetched by Maven: mvn is not on PATH (Debian: maven)');
  mkdirSync(directory, { recursive: true });
  const draft = mkdtempSync(join(directory, 'draft-'));
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`];
    await runTool(maven, ['-q', '-B', '-f', pom, ...goal], { cwd: directory });
    renameSync(draft, kit.libraries);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new MissingToolchain(`Maven could not fetch Kafka: ${error.message}`, { cause: error });
  }
}
