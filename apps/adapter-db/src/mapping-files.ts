import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MappingFileError, readRowMapping, type RowMappingFile } from '@anamnesis/fhir';
import { SourceFault } from './sources/source-fault.js';

/** Paths of the mapping files in a folder, in the order of their names. Throws where the folder cannot be read. */
export async function mappingFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => /\.(ya?ml|json)$/i.test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}

/** Throws `SourceFault` naming lines and columns of the file. */
export async function readMappingFile(path: string): Promise<RowMappingFile> {
  try {
    return readRowMapping(await readFile(path, 'utf8'));
  } catch (problem) {
    if (problem instanceof MappingFileError) throw new SourceFault('mapping-file', `${path}\n${problem.message}`);
    throw new SourceFault('mapping-file', `${path} cannot be read`);
  }
}
