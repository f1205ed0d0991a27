// eslint-disable-next-line no-control-regex -- ASCII begins with them
const ascii = /^[\x00-\x7f]*$/;

/** Text as searched: without case, accents and outer space. */
export function foldText(text: string): string {
  // Most of it is ASCII, which has no accents.
  if (ascii.test(text)) return text.toLowerCase().trim();
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .trim();
}
