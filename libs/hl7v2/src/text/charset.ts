/** Which character set a message is read in, and why. */
export interface Charset {
  /** MSH-18 as written, repetitions included; '' when empty. */
  readonly declared: string;
  /** The one in effect, canonical: `utf-8`, `ascii`, `iso-8859-1`, `windows-1252`, `shift_jis`, `iso-2022-jp`, `iso-2022+iso-8859-1`, ... */
  readonly name: string;
  /** `utf-8`: guessed because the bytes are strict UTF-8. `ascii`: nothing said otherwise. */
  readonly origin: 'declared' | 'utf-8' | 'source-default' | 'ascii';
  /** The content switches sets by `\C..\` or `\M..\`: bytes in plain ASCII may still mean nothing. */
  readonly isSwitching?: true;
  /** Codes, also found among the message's warnings. */
  readonly warnings: readonly string[];
}
