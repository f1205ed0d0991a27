/** Splits at a separator that is not escaped by `\` (FHIR R4 search §3.1.1.4.0.1); the escapes stay. */
export function splitUnescaped(text: string, separator: ',' | '|' | '$'): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') {
      part += character + text.charAt(at + 1);
      at += 1;
    } else if (character === separator) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}

/** Takes the escapes away: `\,` `\|` `\$` `\\`. */
export function unescaped(text: string): string {
  return text.replace(/\\([\\,|$])/g, '$1');
}
