/** Which character set a message is read in, and why. */
export interface Charset {
  /** MSH-18 as written, repetitions included; '' when empty. */
  readonly declared: string;
  /** The one in effect, canonical: `utf-8`, `ascii`, `iso-8859-1`, `windows-1252`, `shift_jis`, `iso-2022-jp`, ... */
  readonly name: string;
  /** `utf-8`: guessed because the bytes are strict UTF-8. `ascii`: nothing said otherwise. */
  readonly origin: 'declared' | 'utf-8' | 'source-default' | 'ascii';
  /** Codes, also found among the message's warnings. */
  readonly warnings: readonly string[];
}
