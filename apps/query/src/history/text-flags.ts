/** Codes by which the reader says that a text may not be what was meant (hl7v2.md C4 to C6, Zawgyi). */
const codes: ReadonlySet<string> = new Set([
  'undecodable',
  'zawgyi',
  'mojibake-suspected',
  'control-characters',
  'replacement-character-sent',
  'charset-guessed',
  'charset-undetermined',
  'charset-unknown',
]);
/** `PID^1^5: undecodable`, or the code alone where all of the message is meant. */
const form = /^(?:[A-Z][A-Z0-9]{2}\^\d+(?:\^\d+)?: )?([a-z-]+)$/;

/** Of an event's warnings those that whoever reads its values has to know: text is missing or in doubt, and where. */
export function textFlagsOf(warnings: readonly string[]): readonly string[] {
  return warnings.filter((one) => codes.has(form.exec(one)?.[1] ?? ''));
}
