/** One thing that is wrong in a mapping file. Names and rules of the file, never values of rows. */
export interface MappingProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the file: `tables.patients.elements.birthDate`; empty: the whole of it. */
  readonly path: string;
  readonly text: string;
}

/** A mapping file that cannot be used, with all that is wrong in it. */
export class MappingFileError extends Error {
  override readonly name = 'MappingFileError';

  constructor(readonly problems: readonly MappingProblem[]) {
    super(
      problems
        .map(({ line, column, path, text }) => `${line}:${column} ${path === '' ? '' : `${path}: `}${text}`)
        .join('\n'),
    );
  }
}
