import { refuse } from './refusal.js';

/** One pattern an argument: none of them leaves room for a name, a number of a patient, or free text. */
const patterns = {
  batchId: /^[a-z2-7]{32}$/,
  root: /^[0-9a-f]{64}$/,
  size: /^[1-9][0-9]{0,8}$/,
  previousRoot: /^[0-9a-f]{64}$/,
  organisation: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  pageSize: /^[1-9][0-9]{0,3}$/,
  bookmark: /^([a-z2-7]{32})?$/,
} as const;

export type ArgumentName = keyof typeof patterns;

/** The arguments by name, in the order of `names`. Refuses one too few, one too many and any that does not fit its pattern. */
export function readArguments<Name extends ArgumentName>(
  values: readonly string[],
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  if (values.length !== names.length) refuse('INVALID', `${names.length} arguments are wanted`);
  const read = names.map((name, at): [Name, string] => {
    const value = values[at] ?? '';
    return patterns[name].test(value) ? [name, value] : refuse('INVALID', name);
  });
  return Object.fromEntries(read) as Record<Name, string>;
}
