import type { CorrectionCondition } from '@anamnesis/core';
import type { Message, Segment } from '../message/message.js';
import { EditableSegment } from './editable-message.js';
import { holds } from './holds.js';

/** Does a condition hold in a message, at this segment? */
export function holdsIn(when: CorrectionCondition | undefined, message: Message, at: Segment): boolean {
  if (when === undefined) return true;
  return holds(when, {
    header: message.header,
    delimiters: message.delimiters,
    charset: message.charset.name,
    segment: (name) => {
      const found = at.name === name ? at : message.first(name);
      return found && new EditableSegment(found, message);
    },
  });
}
