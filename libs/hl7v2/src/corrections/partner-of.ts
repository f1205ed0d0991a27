import type { EditableMessage, EditableSegment } from './editable-message.js';

/**
 * The segment of another name that belongs to this one: the only one of that name in the same patient's part of the message
 * (a PID with what follows it), else the only one before all patients. `several` where it would have to be guessed: what is
 * of one patient must not go to another.
 */
export function partnerOf(
  { segments }: EditableMessage,
  target: EditableSegment,
  name: string,
): EditableSegment | 'several' | undefined {
  if (target.name === name) return target;
  const named = segments.filter((one) => one.name === name);
  if (named.length === 0) return undefined;
  const starts = segments.filter((one) => one.name === 'PID').map(({ index }) => index);
  const partOf = ({ index }: EditableSegment) => starts.filter((start) => start <= index).length;
  const own = partOf(target);
  // What stands before all patients may take from one alone.
  const candidates = own === 0 ? named : named.filter((one) => partOf(one) === own);
  const found = candidates.length > 0 ? candidates : named.filter((one) => partOf(one) === 0);
  return found.length > 1 ? 'several' : found[0];
}
