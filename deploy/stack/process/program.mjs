import { join } from 'node:path';
import { unpackDebian } from './debian.mjs';
import { findCommand } from './toolchain.mjs';

/** `ANAMNESIS_STACK_IGNORE_PATH=1`: as on a machine where nothing is installed. */
export const ignoresPath = () => process.env.ANAMNESIS_STACK_IGNORE_PATH === '1';

/**
 * A service's program: the one on PATH, else Debian's. `{ file, environment }`; throws MissingToolchain.
 * `inDebian` is its path within `packages`.
 */
export async function findProgram({ name, command, inDebian, packages, cacheDirectory, log }) {
  const file = ignoresPath() ? undefined : findCommand(command);
  if (file !== undefined) return { file, environment: {} };
  const { root, environment } = await unpackDebian({ name, packages, cacheDirectory, log });
  return { file: join(root, inDebian), environment };
}
