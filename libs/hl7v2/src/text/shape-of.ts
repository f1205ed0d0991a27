const classes: readonly (readonly [one: string, many: string, pattern: RegExp])[] = [
  ['digit', 'digits', /\p{Nd}/u],
  ['letter', 'letters', /[\p{L}\p{M}]/u],
  ['blank', 'blanks', /\s/u],
  ['control character', 'control characters', /\p{Cc}/u],
];
const others = ['sign', 'signs'] as const;
/** Of a longer value the shape of its beginning says enough. */
const lengthMax = 10_000;

/**
 * What a value looks like, and nothing of it: how many characters of which class, in a fixed order (`8 digits`, `12 letters,
 * 1 blank`). For errors, which tell a sender what is wrong and repeat no value of a patient.
 */
export function shapeOf(value: string): string {
  if (value === '') return 'empty';
  if (value.length > lengthMax) return `more than ${lengthMax} characters`;
  const counts = new Map<readonly [string, string], number>();
  for (const character of value) {
    const [one, many] = classes.find(([, , pattern]) => pattern.test(character)) ?? others;
    const name = [...counts.keys()].find(([known]) => known === one) ?? ([one, many] as const);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const order = [...classes.map(([one]) => one), others[0]];
  return [...counts]
    .sort(([[a]], [[b]]) => order.indexOf(a) - order.indexOf(b))
    .map(([[one, many], count]) => `${count} ${count === 1 ? one : many}`)
    .join(', ');
}
