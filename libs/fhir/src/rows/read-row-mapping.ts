import { checkMapping } from './check-mapping.js';
import { checkSchema } from './check-schema.js';
import type { RowMappingFile } from './mapping-file.js';
import { MappingFileError } from './mapping-file-error.js';
import { MappingText } from './mapping-text.js';
import { normaliseMapping } from './normalise-mapping.js';
import type { WrittenMapping } from './written-mapping.js';

/**
 * Reads a mapping file (YAML 1.2 or JSON). Throws `MappingFileError` with everything that is wrong in it, each with its line
 * and column: first what is no YAML, then what is not as the schema says, then what leads nowhere.
 */
export function readRowMapping(text: string): RowMappingFile {
  const file = new MappingText(text);
  const value = file.value();
  fail(checkSchema(value, file));
  const mapping = normaliseMapping(value as WrittenMapping);
  fail(checkMapping(mapping, file));
  return mapping;
}

function fail(problems: MappingFileError['problems']): void {
  if (problems.length > 0)
    throw new MappingFileError([...problems].sort((a, b) => a.line - b.line || a.column - b.column));
}
