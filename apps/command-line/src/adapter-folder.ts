import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where the database adapter leaves its notes for operators. Throws where it never ran: whoever asks on another data
 * directory must not be told that all is well.
 */
export function adapterFolder(dataDirectory: string = process.env['DATA_DIR'] ?? './data'): string {
  const folder = join(dataDirectory, 'adapter-db');
  if (existsSync(folder)) return folder;
  throw new Error(`${folder} is not there: DATA_DIR names the data directory of the database adapter`);
}

/** The same for a command, which ends with status 2 where it never ran. */
export function adapterFolderOrExit(): string {
  try {
    return adapterFolder();
  } catch (problem) {
    process.stderr.write(`${(problem as Error).message}\n`);
    process.exit(2);
  }
}
