import type { EditableMessage, EditableSegment } from './editable-message.js';

/**
 * The segment of another name that belongs to this one: the only one of that name in the same patient's part of the message
 * (a PID with what follows it), else the only one before all patients. `several` where it would have to be guessed: what is
 * of one patient must not go to another.
 */
export function partnerOf(
  message: EditableMessage,
  target: EditableSegment,
  name: string,
): EditableSegment | 'several' | undefined {
  if (target.name === name) return target;
  const own = message.partOf(target);
  // What stands before all patients may take from one alone.
  const candidates = own === 0 ? message.all(name) : message.inPart(name, own);
  const found = candidates.length > 0 ? candidates : message.inPart(name, 0);
  return found.length > 1 ? 'several' : found[0];
}
