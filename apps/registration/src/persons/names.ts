/** Spellings of one name; grows with the deployments. Compared after normalising. */
const variants: Readonly<Record<string, string>> = {
  MUHAMMAD: 'MOHAMMED',
  MOHAMMAD: 'MOHAMMED',
  MOHAMED: 'MOHAMMED',
  MUHAMMED: 'MOHAMMED',
  MOHD: 'MOHAMMED',
  MAC: 'MC',
};

/** Titles and honorifics, which are no part of a name. */
const titles = new Set(['MR', 'MRS', 'MS', 'MISS', 'DR', 'PROF', 'SIR', 'DAME', 'JR', 'SR', 'II', 'III', 'IV']);

/** Names that stand for "none known" (identity.md G6). */
const placeholders = new Set([
  'BABY',
  'BABYBOY',
  'BABYGIRL',
  'BOY',
  'GIRL',
  'NEWBORN',
  'TWIN',
  'INFANT',
  'UNKNOWN',
  'UNK',
  'TEST',
  'NONE',
  'NA',
  'JOHNDOE',
  'JANEDOE',
  'DOE',
  'MR',
  'MRS',
]);
const placeholderStart = /^(BABY|NEWBORN|TWIN|BO|B O|BB|BG|INFANT)( |$)/;

/** Letters whose decomposition drops nothing but which are written without their mark elsewhere. */
const folded: Readonly<Record<string, string>> = { ß: 'SS', Ø: 'O', Ł: 'L', Đ: 'D', Æ: 'AE', Œ: 'OE', Þ: 'TH' };

/** A name as it is compared: upper case, no diacritics, punctuation or titles, one spelling of common variants. */
export function normalName(name: string | null | undefined): string {
  const plain = (name ?? '')
    .toUpperCase()
    .replace(/[ßØŁĐÆŒÞ]/g, (letter) => folded[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/['’`.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const words = plain.split(' ').map((word) => variants[word] ?? word);
  return words.filter((word) => !titles.has(word)).join(' ');
}

/** Is this no name but a stand-in for one? An absent name is not: it says nothing. */
export function isPlaceholderName(name: string | null | undefined): boolean {
  const upper = (name ?? '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (upper === '') return false;
  return placeholders.has(upper.replaceAll(' ', '')) || placeholderStart.test(upper) || normalName(name) === '';
}

/** Do two given names agree? One may hold further names (`MARY`, `MARY ANN`); an initial proves nothing. */
export function areGivenNamesAlike(a: string, b: string): boolean {
  const [shorter, longer] = [normalName(a), normalName(b)].sort((x, y) => x.length - y.length);
  if (shorter === undefined || longer === undefined || shorter.length < 2) return false;
  return longer === shorter || longer.startsWith(`${shorter} `);
}

/** Do the same words make up both names, wherever they stand? */
export function areSwapped(a: readonly string[], b: readonly string[]): boolean {
  const bag = (names: readonly string[]) =>
    names
      .flatMap((name) => normalName(name).split(' '))
      .sort()
      .join(' ');
  return bag(a) === bag(b);
}
