import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Reads a secret's file; makes it with `make()` when it is absent and `mayMake`. A new file is complete on disk, and
 * readable by its owner alone, before anything relies on it.
 */
export async function readOrMake(path: string, options: { mayMake: boolean; make: () => string }): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const isAbsent = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
    if (!isAbsent || !options.mayMake) throw error;
  }
  await mkdir(dirname(path), { recursive: true });
  const text = options.make();
  const file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
  await file.close();
  return text;
}
