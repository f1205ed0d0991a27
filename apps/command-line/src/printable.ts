/**
 * A line as a terminal may be given it, whatever it quotes: what would end it, colour it, erase it or turn it around is
 * spelled out. Otherwise whoever made what is quoted could write the rest of the report.
 */
export function printable(line: string): string {
  return line.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}
