import { UnsupportedMediaTypeException } from '@nestjs/common';
import { canonicalCharset } from '@anamnesis/hl7v2';

export const er7MediaType = 'application/hl7-v2+er7';

/** That of the HAPI specification, as registered, with the prefix of its first drafts, and without the encoding. */
const mediaTypes = new Set([er7MediaType, 'x-application/hl7-v2+er7', 'application/hl7-v2']);

/**
 * Canonical name of the character set that a Content-Type says; undefined when it says none and MSH-18 counts. Throws 415
 * for another type, or a set that cannot be read: guessing one would store the wrong text.
 */
export function charsetOf(contentType: string | undefined): string | undefined {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((one) => one.trim());
  if (!mediaTypes.has(type.toLowerCase())) throw new UnsupportedMediaTypeException(`Content-Type: ${er7MediaType}`);
  for (const parameter of parameters) {
    const [, declared] = /^charset\s*=\s*"?([^"]*)"?$/i.exec(parameter) ?? [];
    if (declared === undefined) continue;
    const name = canonicalCharset(declared);
    if (name === undefined) throw new UnsupportedMediaTypeException('the charset cannot be read');
    return name;
  }
  return undefined;
}
