import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { underLock } from '../process/lock.mjs';
import { MissingToolchain } from '../process/toolchain.mjs';
import { readSettings, writeSettings } from './env-file.mjs';
import { starters } from './services.mjs';
import { chosen, envFile, stackDirectory } from './stack-directory.mjs';

/** Starts what is chosen, each on its data of before; gives back the exit status. */
export async function up({ only, ...options }) {
  const names = chosen(only);
  const startedAt = performance.now();
  const log = (line) => console.log(`stack: ${line}`);
  return underLock(join(stackDirectory, 'lock.db'), async () => {
    const hadFabric = existsSync(join(stackDirectory, 'fabric'));
    const outcomes = await Promise.allSettled(names.map((name) => starters[name]({ ...options, log })));
    const settings = readSettings();
    let status = 0;
    outcomes.forEach(({ value, reason }, index) => {
      const name = names[index];
      if (value !== undefined) settings[name] = value;
      // Fabric comes from no package registry: without being asked for it may be absent, unless batches are on it already.
      else if (name === 'fabric' && only === undefined && reason instanceof MissingToolchain && !hadFabric)
        log(`fabric: left out, batches are anchored in the log (LEDGER=log): ${reason.message}`);
      else {
        log(`${name}: FAILED: ${reason instanceof MissingToolchain ? reason.message : reason.stack}`);
        status = 1;
      }
    });
    writeSettings(settings);
    log(
      `${outcomes.filter(({ value }) => value !== undefined).length} of ${names.length} run after ${((performance.now() - startedAt) / 1000).toFixed(1)} s; settings in ${envFile}`,
    );
    return status;
  });
}
