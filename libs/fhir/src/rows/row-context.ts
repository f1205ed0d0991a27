import type { Row, RowValue } from '@anamnesis/core';
import type { MappingContext } from '../v2/mapping-context.js';
import type { RowMappingFile } from './mapping-file.js';

/** What the mapping of a row has to know beyond the row and the file. */
export interface RowContext extends MappingContext {
  /**
   * Key of the patient of this row, where its table names the patient through another one (`patient.via`), or where the
   * row, as a deletion tells it, does not name the patient at all. Undefined: nobody knows.
   */
  patientKeyOf?(table: string, row: Row): readonly RowValue[] | undefined;
  /** The latest `statedAt` of this row, also of one that was deleted since, where this change's own may be before it. */
  readonly saidLastAt?: string;
}

/** A mapping file, and what it needs to know beside the row. */
export interface RowMapping {
  readonly mapping: RowMappingFile;
  readonly context: RowContext;
}
