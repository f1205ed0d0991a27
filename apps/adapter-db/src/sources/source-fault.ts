/** Why a source cannot be read, for a person to mend: names settings, tables, columns and rules, never a value. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault';

  constructor(
    /** Of docs/errors.md. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
