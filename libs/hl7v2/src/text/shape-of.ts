const classes: readonly (readonly [one: string, many: string, pattern: RegExp])[] = [
  ['digit', 'digits', /\p{Nd}/u],
  ['letter', 'letters', /[\p{L}\p{M}]/u],
  ['blank', 'blanks', /\s/u],
  ['control character', 'control characters', /\p{Cc}/u],
];
const others = ['sign', 'signs'] as const;
const names = [...classes.map(([one, many]) => [one, many] as const), others];
/** Of a longer value the shape of its beginning says enough. */
const lengthMax = 10_000;

/** The place of its class in `names`. */
function classOf(character: string): number {
  const found = classes.findIndex(([, , pattern]) => pattern.test(character));
  return found < 0 ? classes.length : found;
}

const ofAscii = Array.from({ length: 128 }, (_, code) => classOf(String.fromCharCode(code)));

/**
 * What a value looks like, and nothing of it: how many characters of which class, in a fixed order (`8 digits`, `12 letters,
 * 1 blank`). For errors, which tell a sender what is wrong and repeat no value of a patient.
 */
export function shapeOf(value: string): string {
  if (value === '') return 'empty';
  if (value.length > lengthMax) return `more than ${lengthMax} characters`;
  const counts = names.map(() => 0);
  for (const character of value) {
    const at = ofAscii[character.charCodeAt(0)] ?? classOf(character);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return names
    .map(([one, many], at) => `${counts[at] ?? 0} ${counts[at] === 1 ? one : many}`)
    .filter((_, at) => (counts[at] ?? 0) > 0)
    .join(', ');
}
