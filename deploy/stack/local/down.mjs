import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../process/toolchain.mjs';
import { step } from '../progress.mjs';
import { readSettings, writeSettings } from './env-file.mjs';
import { chosen, daemonsOf, directoryOf, fabricScript } from './stack-directory.mjs';

/** Stops what `up` started and nothing else; the data stays for the next `up` unless it is to be wiped. */
export async function down({ only, wipe = false }) {
  const names = chosen(only);
  const log = (line) => console.log(`stack: ${line}`);
  await Promise.all(names.map((name) => stop(name, log)));
  if (wipe) for (const name of names) rmSync(directoryOf(name), { recursive: true, force: true });
  writeSettings(Object.fromEntries(Object.entries(readSettings()).filter(([name]) => !names.includes(name))));
  log(wipe ? 'the data is deleted' : 'the data stays; --wipe deletes it');
  return 0;
}

async function stop(name, log) {
  const directory = directoryOf(name);
  if (name === 'fabric' && existsSync(join(directory, 'settings')))
    return step(log, 'fabric: stopped', () => runTool(fabricScript, ['down', directory]));
  const running = daemonsOf(name).filter((daemon) => daemon.pid() !== undefined);
  if (running.length === 0) return log(`${name}: does not run`);
  return step(log, `${name}: stopped`, () => Promise.all(running.map((daemon) => daemon.stop())));
}
