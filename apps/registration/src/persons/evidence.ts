/** How two birth dates agree: `coarse` when one is known to the year or month only and fits. */
export type DateAgreement = 'same' | 'coarse' | 'near' | 'different' | 'unknown';

const placeholderWords = new Set(['NONE', 'NA', 'N/A', 'UNKNOWN', 'UNK', 'NULL', 'TEST', 'XXX', '""']);

/** A number that stands for "none" (identity.md G11), or one that was cut short (G14): no evidence. */
export function isPlaceholderIdentifier(value: string): boolean {
  const plain = value.trim().toUpperCase();
  const characters = plain.replace(/[^\p{L}\p{N}]/gu, '');
  if (characters === '' || placeholderWords.has(plain) || plain.endsWith('#')) return true;
  const isRepeated = characters.length > 2 && new Set(characters).size === 1;
  const isCounting = characters.length > 4 && ('01234567890'.includes(characters) || '9876543210'.includes(characters));
  return isRepeated || isCounting;
}

/** Compares at the precision that both have. One edit, or day and month swapped, is `near` (G3). */
export function compareBirthDates(a: string | null, b: string | null): DateAgreement {
  if (!a || !b) return 'unknown';
  const length = Math.min(a.length, b.length);
  if (length < 10) return a.slice(0, length) === b.slice(0, length) ? 'coarse' : 'different';
  if (a === b) return 'same';
  const swapped = `${b.slice(0, 4)}-${b.slice(8)}-${b.slice(5, 7)}`;
  return a === swapped || isOneEdit(a.replaceAll('-', ''), b.replaceAll('-', '')) ? 'near' : 'different';
}

/** 1 January is what forms fill in when nobody knows. */
export function isDefaultDate(date: string | null): boolean {
  return date !== null && date.endsWith('-01-01');
}

export function yearsApart(a: string, b: string): number {
  return Math.abs(Number(a.slice(0, 4)) - Number(b.slice(0, 4)));
}

/** At most one insertion, deletion, substitution, or swap of neighbours (Damerau-Levenshtein ≤ 1). */
export function isOneEdit(a: string, b: string): boolean {
  if (a === b) return true;
  const from = sameFrom(a, b);
  const restA = a.slice(from);
  const restB = b.slice(from);
  const isReplaced = restA.slice(1) === restB.slice(1);
  const isOneLonger = restA.slice(1) === restB || restA === restB.slice(1);
  const isSwapped = restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0];
  return isReplaced || isOneLonger || isSwapped;
}

/** How many characters both start with. */
function sameFrom(a: string, b: string): number {
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  return from;
}
