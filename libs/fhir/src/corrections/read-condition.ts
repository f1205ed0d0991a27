import type { CorrectionCondition } from '@anamnesis/core';
import { parsePath } from '@anamnesis/hl7v2';
import type { FileReader, Members, Part } from './file-reader.js';

const typeForm = /^[A-Z][A-Z0-9]{2}\^([A-Z0-9]{1,8}|\*)$/;

/** `when` of a rule. */
export function readCondition(part: Part, reader: FileReader): CorrectionCondition {
  const members = reader.members(part, ['type', 'path', 'equals']);
  const { found } = members;
  if (found.size === 0) return reader.fail(part, '"type", or "path" with "equals", is expected');
  if (found.has('path') !== found.has('equals')) return reader.fail(part, '"path" and "equals" go together');
  const type = found.get('type');
  return {
    ...(type !== undefined && { type: readType(type, reader) }),
    ...(found.has('path') && readPlace(members, reader)),
  };
}

function readType(part: Part, reader: FileReader): string {
  const text = reader.text(part);
  return typeForm.test(text) ? text : reader.fail(part, 'not a message type like ADT^A08 or ADT^*');
}

function readPlace(members: Members, reader: FileReader): Pick<CorrectionCondition, 'path' | 'equals'> {
  const part = reader.need(members, 'path');
  const path = reader.text(part);
  const parsed = parsePath(path);
  if (parsed === undefined || parsed.repetition === '*')
    return reader.fail(part, 'not a path of one place: PID-3, PID-3[2], PID-3[2].4');
  return { path, equals: reader.text(reader.need(members, 'equals'), { isEmptyFine: true }) };
}
