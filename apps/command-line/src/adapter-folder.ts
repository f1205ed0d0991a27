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
