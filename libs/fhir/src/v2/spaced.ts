const blank = /\s/;

/** A FHIR code has no double blanks, and no other white space than a blank. */
export function spaced(code: string): string {
  return blank.test(code) ? code.replace(/\s+/g, ' ') : code;
}
