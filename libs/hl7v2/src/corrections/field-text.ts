import type { Delimiters } from '../message/delimiters.js';
import type { Path } from './path.js';

/** The part of a path inside of its field. */
export type Place = Pick<Path, 'repetition' | 'component' | 'subcomponent'>;

/** What stands at a place of a field as it is on the wire, escape sequences and all; '' where nothing does. */
export function pieceAt(field: string, place: Place, delimiters: Delimiters): string {
  return stepsOf(place, delimiters).reduce((text, { separator, n }) => split(text, separator)[n - 1] ?? '', field);
}

/** The field with a piece in that place; what has to come before it is made empty. */
export function withPiece(field: string, place: Place, { piece, delimiters }: Change): string {
  return put(field, stepsOf(place, delimiters), piece);
}

interface Change {
  readonly piece: string;
  readonly delimiters: Delimiters;
}

/** How many repetitions a field has; none when it is empty. */
export function repetitionCount(field: string, { repetition }: Delimiters): number {
  return field === '' ? 0 : split(field, repetition).length;
}

/** Nothing, or separators alone. */
export function isBlank(text: string, { component, repetition, subcomponent }: Delimiters): boolean {
  return Array.from(text).every((one) => one === component || one === repetition || one === subcomponent);
}

interface Step {
  readonly separator: string;
  readonly n: number;
}

function stepsOf({ repetition, component, subcomponent }: Place, delimiters: Delimiters): readonly Step[] {
  const steps: Step[] = [];
  if (repetition === undefined && component === undefined) return steps;
  steps.push({ separator: delimiters.repetition, n: typeof repetition === 'number' ? repetition : 1 });
  if (component !== undefined) steps.push({ separator: delimiters.component, n: component });
  if (subcomponent !== undefined) steps.push({ separator: delimiters.subcomponent ?? '', n: subcomponent });
  return steps;
}

function put(text: string, [step, ...rest]: readonly Step[], piece: string): string {
  if (step === undefined) return piece;
  const parts = split(text, step.separator);
  // Where the message has no such separator there is only a first place.
  if (step.separator === '' && step.n > 1) return text;
  while (parts.length < step.n) parts.push('');
  parts[step.n - 1] = put(parts[step.n - 1] ?? '', rest, piece);
  return parts.join(step.separator);
}

function split(text: string, separator: string): string[] {
  return separator === '' ? [text] : text.split(separator);
}
