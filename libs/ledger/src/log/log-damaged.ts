/** What is stored is not what was signed. `position`: the first entry that nothing vouches for any more. */
export class LogDamaged extends Error {
  override readonly name = 'LogDamaged';

  constructor(
    readonly position: number,
    what: string,
  ) {
    super(`the log is damaged at position ${position}: ${what}`);
  }
}
